package org.eider.registrar.server;

import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.http.ClientConfig;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.HttpsConnection;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** A pledge as far as tests need one: it trusts every registrar, and says what it is told to. */
record TestPledge(String serial, Credential idevid, int port) {
  private static final String BRSKI = "/.well-known/brski/";
  private static final String EST = "/.well-known/est/";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A connection of this pledge with its IDevID. */
  Line connect() throws IOException {
    return connect(Optional.of(idevid), "TLSv1.3", "TLSv1.2");
  }

  Line connect(Optional<Credential> credential, String... protocols) throws IOException {
    ClientConfig config = new ClientConfig(credential, (chain, host) -> {}, false, List.of(protocols),
        Duration.ofSeconds(10), Duration.ofSeconds(20), 1 << 21);
    return new Line(HttpsConnection.open(config, "127.0.0.1", port));
  }

  static Nonce nonce() {
    byte[] octets = new byte[16];
    RANDOM.nextBytes(octets);
    return Nonce.of(Octets.of(octets));
  }

  /** What an honest request says over that connection. */
  VoucherRequest.Builder request(Line line) {
    return VoucherRequest.of(serial)
        .assertion(Optional.of(Assertion.PROXIMITY))
        .createdOn(TestPki.NOW)
        .nonce(Optional.of(nonce()))
        .proximityRegistrarCert(Certificates.der(line.connection().serverChain().get(0)));
  }

  Octets sealed(VoucherRequest request) {
    return VoucherSealer.cms().seal(request, idevid, TestPki.NOW).bytes();
  }

  /** An honest request, and its answer. */
  HttpResponse requestVoucher(Line line) throws IOException {
    return line.requestVoucher(sealed(request(line).build()));
  }

  /** Enrols with {@code key}. */
  HttpResponse enrol(Line line, String operation, KeyPair key) throws IOException {
    return line.enrol(operation, Csr.create(new X500Name("CN=whatever"), key, Optional.empty(), List.of()));
  }

  /** Asks for the renewal of {@code ldevid} with {@code key}, over a line of that certificate. */
  static HttpResponse renew(Line line, X509Certificate ldevid, KeyPair key) throws IOException {
    X500Name subject = X500Name.getInstance(ldevid.getSubjectX500Principal().getEncoded());
    return line.enrol("simplereenroll", Csr.create(subject, key, Optional.empty(), List.of()));
  }

  /** From nothing to an LDevID. */
  Credential onboard(KeyPair key) throws Exception {
    try (Line line = connect()) {
      expect(200, requestVoucher(line));
      expect(200, line.report("voucher_status", StatusReport.success()));
      return new Credential(key.getPrivate(), List.of(issued(expect(200, enrol(line, "simpleenroll", key)))));
    }
  }

  static X509Certificate issued(HttpResponse response) throws DecodeException {
    return CertsOnly.decode(Base64Text.body(response.body(), "body")).get(0);
  }

  static KeyPair newKey() {
    return TestPki.key(KeyType.P256);
  }

  static HttpResponse expect(int status, HttpResponse response) {
    if (response.status() != status) {
      throw new AssertionError("expected " + status + ", got " + response.status() + ": " + response.body().utf8());
    }
    return response;
  }

  /** One connection to the registrar. */
  record Line(HttpsConnection connection) implements AutoCloseable {
    HttpResponse requestVoucher(Octets body) throws IOException {
      String type = MediaType.VOUCHER_CMS_JSON.toString();
      return post(BRSKI + "requestvoucher", body, Map.of("content-type", type, "accept", type));
    }

    HttpResponse report(String operation, StatusReport report) throws IOException {
      return post(BRSKI + operation, report.encode(), Map.of("content-type", MediaType.JSON.toString()));
    }

    HttpResponse enrol(String operation, Octets pkcs10) throws IOException {
      return post(EST + operation, Octets.utf8(pkcs10.base64()), Map.of("content-type", MediaType.PKCS10.toString()));
    }

    HttpResponse get(String path) throws IOException {
      return connection.exchange("GET", path, Headers.NONE, Octets.empty());
    }

    HttpResponse post(String path, Octets body, Map<String, String> headers) throws IOException {
      return connection.exchange("POST", path, Headers.of(headers), body);
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
