package org.eider.registrar.server;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCall;
import org.eider.est.coap.CoapCode;
import org.eider.est.coap.CoapsClientConfig;
import org.eider.est.coap.CoapsConnection;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.SidRevision;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/** A constrained pledge as far as tests need one: it trusts every registrar, and says what it is told to. */
record TestSensor(String serial, Credential idevid, int port) {
  /** A session of this pledge with its IDevID. */
  Line connect() throws IOException {
    return connect(idevid);
  }

  Line connect(Credential credential) throws IOException {
    return new Line(CoapsConnection.open(CoapsClientConfig.standard(credential, (chain, host) -> {}), "127.0.0.1", port));
  }

  /** What an honest request says over that session: its registrar by the digest of its key. */
  VoucherRequest.Builder request(Line line) {
    X509Certificate shown = line.connection().serverChain().get(0);
    return VoucherRequest.of(serial)
        .assertion(Optional.of(Assertion.PROXIMITY))
        .nonce(Optional.of(TestPledge.nonce()))
        .proximityRegistrarKeySha256(Certificates.spkiSha256(shown.getPublicKey()));
  }

  Octets sealed(VoucherRequest request) {
    return sealed(request, idevid);
  }

  static Octets sealed(VoucherRequest request, Credential signer) {
    return VoucherSealer.bareCose(KeyStyle.sids(SidRevision.newest())).seal(request, signer, TestPki.NOW).bytes();
  }

  /** An honest request, and its answer. */
  CoapAnswer requestVoucher(Line line) throws IOException {
    return line.requestVoucher(sealed(request(line).build()));
  }

  static CoapAnswer expect(CoapCode code, CoapAnswer answer) {
    if (!answer.code().equals(code)) {
      throw new AssertionError("expected " + code + ", got " + answer.code() + ": " + answer.payload().utf8());
    }
    return answer;
  }

  /** One session with the registrar. */
  record Line(CoapsConnection connection) implements AutoCloseable {
    CoapAnswer requestVoucher(Octets body) throws IOException {
      return connection.exchange(CoapCall.post("/.well-known/brski/rv", ContentFormat.VOUCHER_COSE, body));
    }

    CoapAnswer report(String operation, StatusReport report) throws IOException {
      return connection.exchange(CoapCall.post("/.well-known/brski/" + operation, ContentFormat.CBOR, report.encodeCbor()));
    }

    CoapAnswer exchange(CoapCall call) throws IOException {
      return connection.exchange(call);
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
