package org.eider.pledge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.ClientSession;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.HttpsServer;
import org.eider.est.http.Routes;
import org.eider.est.http.ServerConfig;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** Registrar and MASA in one, over real TLS, that by default do what they should and remember everything that was sent. */
final class ScriptedRegistrar implements AutoCloseable {
  /** What arrived. */
  record Seen(String method, String path, Octets body, Optional<String> type, Optional<String> host, ClientSession session) {}

  static final String VOUCHER = "/.well-known/brski/requestvoucher";
  static final String VOUCHER_STATUS = "/.well-known/brski/voucher_status";
  static final String ENROLL_STATUS = "/.well-known/brski/enrollstatus";
  static final String CACERTS = "/.well-known/est/cacerts";
  static final String CSRATTRS = "/.well-known/est/csrattrs";
  static final String ENROLL = "/.well-known/est/simpleenroll";
  static final String REENROLL = "/.well-known/est/simplereenroll";

  final TestPki manufacturer;
  final TestPki domain;
  final Credential shown;
  final Credential masa;
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  volatile UnaryOperator<Voucher.Builder> voucher = honest -> honest;
  volatile BiFunction<VoucherRequest, Voucher, Octets> sealing;
  volatile Function<X509Certificate, List<X509Certificate>> enrolled = List::of;
  volatile UnaryOperator<X500Name> subject = asked -> asked;
  volatile TestPki issuer;
  volatile List<X509Certificate> caCertificates;
  private final Map<String, Queue<HttpResponse>> canned = new ConcurrentHashMap<>();
  private final HttpsServer server;

  ScriptedRegistrar(TestPki manufacturer, TestPki domain, Credential shown) {
    this(manufacturer, domain, shown, 0);
  }

  ScriptedRegistrar(TestPki manufacturer, TestPki domain, Credential shown, int port) {
    this(manufacturer, domain, shown, "127.0.0.1", port);
  }

  ScriptedRegistrar(TestPki manufacturer, TestPki domain, Credential shown, String host, int port) {
    this.manufacturer = manufacturer;
    this.domain = domain;
    this.shown = shown;
    this.masa = manufacturer.signer("MASA", KeyType.P256);
    this.issuer = domain;
    this.caCertificates = domain.credential().chain();
    this.sealing = (request, answer) -> VoucherSealer.cms().seal(answer, masa, TestPki.NOW).bytes();
    ServerConfig.Limits limits = new ServerConfig.Limits(
        8, 64, 256, 16 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(200));
    Routes routes = Routes.builder().under("GET", "/", 0, this::answer).under("POST", "/", 2 * 1024 * 1024, this::answer).build();
    try {
      server = HttpsServer.start(new ServerConfig("registrar", host, port, Optional.of(shown), true, limits), routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One whose own PKI was made on the spot. */
  static ScriptedRegistrar fresh() {
    TestPki domain = TestPki.root("Domain");
    return new ScriptedRegistrar(TestPki.manufacturer("Acme", ""), domain, domain.registrar("registrar"));
  }

  /** The next requests of that path get these answers, one each. */
  ScriptedRegistrar answering(String path, HttpResponse... responses) {
    canned.computeIfAbsent(path, key -> new ConcurrentLinkedQueue<>()).addAll(List.of(responses));
    return this;
  }

  RegistrarAddress address() {
    return new RegistrarAddress("127.0.0.1", port(), Optional.empty());
  }

  int port() {
    return server.address().getPort();
  }

  DeviceIdentity device(String serial) {
    return device(serial, KeyType.P256);
  }

  DeviceIdentity device(String serial, KeyType type) {
    try {
      return DeviceIdentity.of(
          manufacturer.idevid(serial, type), List.of(manufacturer.certificate()), SerialNumberProfile.SUBJECT_SERIAL_NUMBER);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  PledgeConfig config(String serial, FakeTime time) {
    return PledgeConfig.of(device(serial), address(), time.time(), new SecureRandom());
  }

  List<String> paths() {
    return seen.stream().map(Seen::path).toList();
  }

  List<Seen> seen(String path) {
    return seen.stream().filter(one -> one.path().equals(path)).toList();
  }

  /** The voucher request, signature verified. */
  static VoucherRequest request(Seen seen) {
    try {
      return VoucherOpener.request(new VoucherArtifact(VoucherFormat.CMS_JSON, seen.body()), List.of()).value();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The certification request. */
  static Csr csr(Seen seen) {
    try {
      return Csr.parse(Base64Text.body(seen.body(), "csr"));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  /** An answer of certificates, with line breaks as some servers send them. */
  static HttpResponse certificates(List<X509Certificate> certificates) {
    return HttpResponse.ok(MediaType.CERTS_ONLY, Octets.utf8(CertsOnly.encode(certificates).base64().replaceAll("(.{64})", "$1\r\n")));
  }

  static HttpResponse csrAttributes(CsrAttributes attributes) {
    return HttpResponse.ok(MediaType.CSR_ATTRS, Octets.utf8(attributes.encode().base64()));
  }

  static HttpResponse redirect(int status, String location) {
    return HttpResponse.empty(status).with("location", location);
  }

  @Override
  public void close() {
    server.close();
  }

  private HttpResponse answer(HttpRequest request) {
    Seen one = new Seen(request.method(), request.path(), request.body(), request.headers().first("content-type"),
        request.headers().first("host"), request.session());
    seen.add(one);
    HttpResponse scripted = canned.getOrDefault(request.path(), new ArrayDeque<>()).poll();
    if (scripted != null) {
      return scripted;
    }
    return switch (request.path()) {
      case VOUCHER -> voucherFor(request(one));
      case VOUCHER_STATUS, ENROLL_STATUS -> HttpResponse.empty(200);
      case CACERTS -> certificates(caCertificates);
      case CSRATTRS -> HttpResponse.empty(404);
      case ENROLL, REENROLL -> certificates(enrolled.apply(issue(csr(one))));
      default -> HttpResponse.empty(404);
    };
  }

  private HttpResponse voucherFor(VoucherRequest request) {
    Voucher answer = voucher.apply(Voucher.of(request.serialNumber())
        .assertion(Assertion.PROXIMITY)
        .createdOn(TestPki.NOW)
        .nonce(request.nonce())
        .pinnedDomainCert(Certificates.der(domain.certificate()))).build();
    return HttpResponse.ok(MediaType.VOUCHER_CMS_JSON, sealing.apply(request, answer));
  }

  private X509Certificate issue(Csr csr) {
    try {
      List<org.bouncycastle.asn1.x509.Extension> extensions = new ArrayList<>();
      csr.extensions().ifPresent(asked -> {
        for (var oid : asked.getExtensionOIDs()) {
          extensions.add(asked.getExtension(oid));
        }
      });
      LdevidTemplate template =
          new LdevidTemplate(subject.apply(csr.subject()), csr.publicKey(), TestPki.NOT_BEFORE, TestPki.NOT_AFTER, extensions);
      return CertificateMaker.endEntity(issuer.credential(), template, CertificateMaker.newSerial(new SecureRandom()));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}
