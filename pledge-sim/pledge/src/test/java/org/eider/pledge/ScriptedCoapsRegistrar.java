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
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.eider.est.ClientSession;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCode;
import org.eider.est.coap.CoapRequest;
import org.eider.est.coap.CoapRoutes;
import org.eider.est.coap.CoapsConfig;
import org.eider.est.coap.CoapsServer;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.SidRevision;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.ContentFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;

/** Registrar and MASA in one, over real DTLS, that by default do what they should and remember everything that was sent. */
final class ScriptedCoapsRegistrar implements AutoCloseable {
  /** What arrived. */
  record Seen(String method, String path, OptionalInt format, OptionalInt accept, Octets body, ClientSession session) {}

  static final String VOUCHER = "/.well-known/brski/rv";
  static final String VOUCHER_STATUS = "/.well-known/brski/vs";
  static final String ENROLL_STATUS = "/.well-known/brski/es";
  static final String CACERTS = "/.well-known/est/crts";
  static final String ENROLL = "/.well-known/est/sen";
  static final String REENROLL = "/.well-known/est/sren";

  final TestPki manufacturer = TestPki.manufacturer("Acme", "");
  final TestPki domain;
  final Credential shown;
  final Credential masa = manufacturer.signer("MASA", KeyType.P256);
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  volatile UnaryOperator<Voucher.Builder> voucher = honest -> honest;
  volatile Function<X509Certificate, Octets> enrolled = Certificates::der;
  volatile TestPki issuer;
  volatile List<X509Certificate> caCertificates;
  private final Map<String, Queue<CoapAnswer>> canned = new ConcurrentHashMap<>();
  private final CoapsServer server;

  ScriptedCoapsRegistrar(TestPki domain, Map<Integer, String> abbreviations) {
    this(domain, abbreviations, "127.0.0.1");
  }

  ScriptedCoapsRegistrar(TestPki domain, Map<Integer, String> abbreviations, String host) {
    this.domain = domain;
    this.shown = domain.registrar("registrar");
    this.issuer = domain;
    this.caCertificates = domain.credential().chain();
    CoapRoutes.Builder routes = CoapRoutes.builder();
    for (String method : List.of("GET", "POST")) {
      routes.matching(method, Pattern.compile("/.*"), "any", 256 * 1024, this::answer);
    }
    abbreviations.forEach(routes::abbreviated);
    try {
      server = CoapsServer.start(
          new CoapsConfig("registrar", host, 0, shown, CoapsConfig.Limits.standard().withDrain(Duration.ofMillis(200))), routes.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One whose own CA is a root and nothing else. */
  static ScriptedCoapsRegistrar fresh() {
    return new ScriptedCoapsRegistrar(TestPki.root("Domain"), Map.of());
  }

  /** The next requests of that path get these answers, one each. */
  ScriptedCoapsRegistrar answering(String path, CoapAnswer... answers) {
    canned.computeIfAbsent(path, key -> new ConcurrentLinkedQueue<>()).addAll(List.of(answers));
    return this;
  }

  RegistrarAddress address() {
    return new RegistrarAddress(RegistrarAddress.Scheme.COAPS, "127.0.0.1", server.address().getPort(), Optional.empty());
  }

  DeviceIdentity device(String serial) {
    try {
      return DeviceIdentity.of(
          manufacturer.idevid(serial), List.of(manufacturer.certificate()), SerialNumberProfile.SUBJECT_SERIAL_NUMBER);
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

  /** The voucher request, its signature verified with the certificate of the session. */
  static VoucherRequest request(Seen seen) {
    try {
      return VoucherOpener.requestBy(
          seen.session().client().orElseThrow(), new VoucherArtifact(VoucherFormat.COSE_CBOR, seen.body()), List.of()).value();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static CoapAnswer later(Duration maxAge) {
    return CoapAnswer.empty(CoapCode.SERVICE_UNAVAILABLE).withMaxAge(maxAge);
  }

  /** CA certificates as constrained registrars send them. */
  static CoapAnswer list(List<X509Certificate> certificates) {
    return CoapAnswer.content(ContentFormat.MULTIPART_CORE, new MultipartCore(
        certificates.stream().map(one -> MultipartCore.Part.of(ContentFormat.PKIX_CERT, Certificates.der(one))).toList()).encode());
  }

  static CoapAnswer pkcs7(List<X509Certificate> certificates) {
    return CoapAnswer.content(ContentFormat.CERTS_ONLY, CertsOnly.encode(certificates));
  }

  @Override
  public void close() {
    server.close();
  }

  private CoapAnswer answer(CoapRequest request) {
    Seen one = new Seen(request.method(), request.path(), request.contentFormat(), request.accept(), request.payload(), request.session());
    seen.add(one);
    CoapAnswer scripted = canned.getOrDefault(request.path(), new ArrayDeque<>()).poll();
    if (scripted != null) {
      return scripted;
    }
    return switch (request.path()) {
      case VOUCHER -> voucherFor(request(one));
      case VOUCHER_STATUS, ENROLL_STATUS -> CoapAnswer.changed();
      case CACERTS -> list(caCertificates);
      case ENROLL, REENROLL -> CoapAnswer.changed(ContentFormat.PKIX_CERT, enrolled.apply(issue(one.body())));
      default -> CoapAnswer.empty(CoapCode.NOT_FOUND);
    };
  }

  /** Pins as a MASA does: by the leaf that the request names the registrar with. */
  private CoapAnswer voucherFor(VoucherRequest request) {
    Voucher.Builder honest = Voucher.of(request.serialNumber()).assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW).nonce(request.nonce());
    Octets key = Octets.of(shown.certificate().getPublicKey().getEncoded());
    if (request.proximityRegistrarKeySha256().isPresent()) {
      honest.pinnedDomainKeySha256(key.sha256());
    } else if (request.proximityRegistrarKey().isPresent()) {
      honest.pinnedDomainKey(key);
    } else {
      honest.pinnedDomainCert(Certificates.der(domain.certificate()));
    }
    VoucherSealer sealer = VoucherSealer.cose(KeyStyle.sids(SidRevision.newest()));
    return CoapAnswer.changed(ContentFormat.VOUCHER_COSE, sealer.seal(voucher.apply(honest).build(), masa, TestPki.NOW).bytes());
  }

  private X509Certificate issue(Octets pkcs10) {
    try {
      Csr csr = Csr.parse(pkcs10);
      List<org.bouncycastle.asn1.x509.Extension> extensions = new ArrayList<>();
      csr.extensions().ifPresent(asked -> List.of(asked.getExtensionOIDs()).forEach(oid -> extensions.add(asked.getExtension(oid))));
      LdevidTemplate template = new LdevidTemplate(csr.subject(), csr.publicKey(), TestPki.NOT_BEFORE, TestPki.NOT_AFTER, extensions);
      return CertificateMaker.endEntity(issuer.credential(), template, CertificateMaker.newSerial(new SecureRandom()));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}
