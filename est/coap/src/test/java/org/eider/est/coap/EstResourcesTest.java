package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.GeneratedKey;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.wire.ContentFormat;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EST-coaps on the wire (RFC 9148), with a service that answers as each test says. */
class EstResourcesTest {
  private static final Credential ISSUED = Site.PKI.idevid("LDEVID-1");
  private static final Octets CSR = Csr.create(new X500Name("CN=device"), TestPki.key(KeyType.P256), Optional.empty(), List.of());
  private static final Octets ATTRIBUTES = Octets.of(new byte[] {0x30, 0x02, 0x05, 0x00});

  private final AtomicReference<List<X509Certificate>> anchors =
      new AtomicReference<>(List.of(Site.PKI.subordinate("issuing").certificate(), Site.PKI.certificate()));
  private final AtomicReference<Outcome<X509Certificate>> enrolment = new AtomicReference<>(Outcome.granted(ISSUED.certificate()));
  private final AtomicReference<Outcome<Octets>> attributes = new AtomicReference<>(Outcome.granted(ATTRIBUTES));
  private final AtomicReference<Outcome<GeneratedKey>> generation = new AtomicReference<>(
      Outcome.granted(new GeneratedKey(GeneratedKey.Form.PKCS8, Octets.utf8("a key"), ISSUED.certificate())));
  private final AtomicReference<String> asked = new AtomicReference<>("nothing");
  private CoapsServer server;
  private CoapsConnection connection;

  private record Because(RefusalKind kind) implements Refusal.Reason {
    @Override
    public String name() {
      return "BECAUSE";
    }
  }

  private final EstService service = new EstService() {
    @Override
    public List<X509Certificate> caCertificates() {
      return anchors.get();
    }

    @Override
    public Outcome<Octets> csrAttributes(ClientSession session) {
      return attributes.get();
    }

    @Override
    public Outcome<X509Certificate> simpleEnroll(ClientSession session, Octets pkcs10) {
      asked.set("enroll " + pkcs10.equals(CSR) + " " + session.client().isPresent());
      return enrolment.get();
    }

    @Override
    public Outcome<X509Certificate> simpleReenroll(ClientSession session, Octets pkcs10) {
      asked.set("reenroll " + pkcs10.equals(CSR) + " " + session.client().isPresent());
      return enrolment.get();
    }

    @Override
    public Outcome<GeneratedKey> serverKeygen(ClientSession session, Octets pkcs10) {
      asked.set("keygen " + pkcs10.equals(CSR) + " " + session.client().isPresent());
      return generation.get();
    }
  };

  @BeforeEach
  void start() throws IOException {
    serve(ContentFormat.CERTS_ONLY);
  }

  private void serve(ContentFormat usual) throws IOException {
    CoapRoutes routes = EstResources.addTo(CoapRoutes.builder(), service, usual).build();
    server = CoapsServer.start(new CoapsConfig("est", "127.0.0.1", 0, Site.SERVER, Site.limits()), routes);
    connection = Site.connect(server);
  }

  @AfterEach
  void stop() {
    connection.close();
    server.close();
  }

  private CoapAnswer send(CoapCall call) throws IOException {
    return connection.exchange(call);
  }

  private static CoapCall post(String path) {
    return CoapCall.post(path, ContentFormat.PKCS10, CSR);
  }

  private static List<Octets> ders(List<X509Certificate> certificates) {
    return certificates.stream().map(Certificates::der).toList();
  }

  @Test
  void crtsListsTheCertificatesOneByOneWithTheIssuerFirst() throws Exception {
    CoapAnswer answer = send(CoapCall.get("/.well-known/est/crts").accepting(ContentFormat.MULTIPART_CORE));
    assertThat(answer.code()).isEqualTo(CoapCode.CONTENT);
    assertThat(answer.is(ContentFormat.MULTIPART_CORE)).isTrue();
    List<MultipartCore.Part> parts = MultipartCore.decode(answer.payload()).parts();
    assertThat(parts).allMatch(part -> part.format() == 287);
    assertThat(parts.stream().map(part -> part.content().orElseThrow())).isEqualTo(ders(anchors.get()));
  }

  @Test
  void crtsIsPkcs7ForWhoDoesNotSay() throws Exception {
    CoapAnswer answer = send(CoapCall.get("/.well-known/est/crts"));
    assertThat(answer.is(ContentFormat.CERTS_ONLY)).isTrue();
    assertThat(ders(CertsOnly.decode(answer.payload()))).containsExactlyInAnyOrderElementsOf(ders(anchors.get()));
    assertThat(send(CoapCall.get("/.well-known/est/crts").accepting(ContentFormat.CERTS_ONLY))).isEqualTo(answer);
  }

  @Test
  void crtsIsOneCertificateWhereOneIsEnoughAndNotAcceptableWhereItIsNot() throws Exception {
    CoapCall bare = CoapCall.get("/e/crts").accepting(ContentFormat.PKIX_CERT);
    CoapAnswer refused = send(bare);
    assertThat(refused.code()).isEqualTo(CoapCode.NOT_ACCEPTABLE);
    anchors.set(List.of(Site.PKI.certificate()));
    CoapAnswer answer = send(bare);
    assertThat(answer.is(ContentFormat.PKIX_CERT)).isTrue();
    assertThat(answer.payload()).isEqualTo(Certificates.der(Site.PKI.certificate()));
  }

  @Test
  void crtsIsValidAsLongAsItStaysTheSame() throws Exception {
    CoapCall call = CoapCall.get("/e/crts").accepting(ContentFormat.MULTIPART_CORE);
    Octets etag = send(call).etag().orElseThrow();
    CoapAnswer same = send(call.unless(etag));
    assertThat(same.code()).isEqualTo(CoapCode.VALID);
    assertThat(same.payload().isEmpty()).isTrue();
    assertThat(same.etag()).contains(etag);
    assertThat(send(CoapCall.get("/e/crts").accepting(ContentFormat.CERTS_ONLY).unless(etag)).code()).isEqualTo(CoapCode.CONTENT);
    anchors.set(List.of(Site.PKI.certificate()));
    assertThat(send(call.unless(etag)).code()).isEqualTo(CoapCode.CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "/.well-known/est/sen", "/.well-known/est/simpleenroll", "/e/sen", "/e/simpleenroll", "/.well-known/est/factory-7/sen",
    "/.well-known/est/factory-7/simpleenroll"
  })
  void enrolmentIsTheSameUnderEveryName(String path) throws Exception {
    CoapAnswer answer = send(post(path).accepting(ContentFormat.PKIX_CERT));
    assertThat(asked.get()).isEqualTo("enroll true true");
    assertThat(answer.code()).isEqualTo(CoapCode.CHANGED);
    assertThat(answer.is(ContentFormat.PKIX_CERT)).isTrue();
    assertThat(answer.payload()).isEqualTo(Certificates.der(ISSUED.certificate()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.well-known/est/sren", "/e/simplereenroll"})
  void renewalGoesToTheRenewal(String path) throws Exception {
    CoapAnswer answer = send(post(path).accepting(ContentFormat.CERTS_ONLY));
    assertThat(asked.get()).isEqualTo("reenroll true true");
    assertThat(CertsOnly.decode(answer.payload())).extracting(Certificates::der).containsExactly(Certificates.der(ISSUED.certificate()));
  }

  @Test
  void certificatesArePkcs7ForWhoDoesNotSay() throws Exception {
    assertThat(send(post("/e/sen")).is(ContentFormat.CERTS_ONLY)).isTrue();
  }

  @Test
  void certificatesAreBareForWhoDoesNotSayWhereTheSiteWantsThat() throws Exception {
    stop();
    serve(ContentFormat.PKIX_CERT);
    assertThat(send(post("/e/sen")).is(ContentFormat.PKIX_CERT)).isTrue();
    assertThat(send(CoapCall.get("/e/crts")).is(ContentFormat.MULTIPART_CORE)).isTrue();
    anchors.set(List.of(Site.PKI.certificate()));
    assertThat(send(CoapCall.get("/e/crts")).is(ContentFormat.PKIX_CERT)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"301, GET", "302, POST", "303, POST", "304, POST", "305, POST", "306, GET"})
  void numbersStandForTheOperations(int number, String method) throws Exception {
    CoapCall call = method.equals("GET") ? CoapCall.get("/") : post("/");
    CoapCall abbreviated = new CoapCall(method, "", java.util.OptionalInt.of(number), List.of(), call.contentFormat(), call.accept(),
        call.etag(), call.payload());
    assertThat(send(abbreviated).code().isSuccess()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"skg, PKCS8, 284, 281", "skc, PKCS8, 284, 287", "skg, ENVELOPED, 280, 281", "serverkeygen, PKCS8, 284, 281"})
  void generatedKeysComeWithTheirCertificate(String name, GeneratedKey.Form form, int ofKey, int ofCertificate) throws Exception {
    generation.set(Outcome.granted(new GeneratedKey(form, Octets.utf8("a key"), ISSUED.certificate())));
    CoapAnswer answer = send(post("/.well-known/est/" + name).accepting(ContentFormat.MULTIPART_CORE));
    assertThat(asked.get()).isEqualTo("keygen true true");
    assertThat(answer.code()).isEqualTo(CoapCode.CHANGED);
    List<MultipartCore.Part> parts = MultipartCore.decode(answer.payload()).parts();
    assertThat(parts).extracting(MultipartCore.Part::format).containsExactly(ofKey, ofCertificate);
    assertThat(parts.get(0).content()).contains(Octets.utf8("a key"));
  }

  @Test
  void attributesAreDer() throws Exception {
    CoapAnswer answer = send(CoapCall.get("/e/att"));
    assertThat(answer.is(ContentFormat.CSR_ATTRS)).isTrue();
    assertThat(answer.payload()).isEqualTo(ATTRIBUTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3000"})
  void noAttributesAreNotFound(String hex) throws Exception {
    attributes.set(Outcome.granted(Octets.hex(hex)));
    assertThat(send(CoapCall.get("/e/att")).code()).isEqualTo(CoapCode.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sen", "sren", "skg", "skc"})
  void otherPayloadsAreUnsupported(String name) throws Exception {
    assertThat(send(CoapCall.post("/e/" + name, ContentFormat.CBOR, CSR)).code()).isEqualTo(CoapCode.UNSUPPORTED_CONTENT_FORMAT);
    CoapCall silent = new CoapCall("POST", "/e/" + name, java.util.OptionalInt.empty(), List.of(), java.util.OptionalInt.empty(),
        java.util.OptionalInt.empty(), Optional.empty(), CSR);
    assertThat(send(silent).code()).isEqualTo(CoapCode.UNSUPPORTED_CONTENT_FORMAT);
    assertThat(asked.get()).isEqualTo("nothing");
  }

  @ParameterizedTest
  @CsvSource({"sen, MULTIPART_CORE", "sren, CBOR", "skg, PKIX_CERT", "skc, CERTS_ONLY"})
  void whatCannotBeServedIsNotAcceptableAndNothingIsIssued(String name, ContentFormat format) throws Exception {
    assertThat(send(post("/e/" + name).accepting(format)).code()).isEqualTo(CoapCode.NOT_ACCEPTABLE);
    assertThat(asked.get()).isEqualTo("nothing");
  }

  @ParameterizedTest
  @CsvSource({"crts, CBOR", "att, PKIX_CERT"})
  void formatsThatAreNotServedAreNotAcceptable(String name, ContentFormat format) throws Exception {
    assertThat(send(CoapCall.get("/e/" + name).accepting(format)).code()).isEqualTo(CoapCode.NOT_ACCEPTABLE);
  }

  @Test
  void aPendingEnrolmentIsUnavailableForAsLongAsItSays() throws Exception {
    enrolment.set(Outcome.deferred(Duration.ofSeconds(17)));
    assertThat(send(post("/e/sen")).retryAfter()).contains(Duration.ofSeconds(17));
    enrolment.set(Outcome.deferred(Duration.ofDays(1)));
    assertThat(send(post("/e/sen")).retryAfter()).contains(Duration.ofSeconds(60));
    enrolment.set(Outcome.deferred(Duration.ZERO));
    assertThat(send(post("/e/sen")).retryAfter()).contains(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @EnumSource(RefusalKind.class)
  void refusalsHaveTheirCode(RefusalKind kind) throws Exception {
    enrolment.set(Outcome.refused(new Because(kind), "not today"));
    CoapAnswer answer = send(post("/e/sen"));
    assertThat(answer.code()).isEqualTo(CodeTable.codeOf(kind));
    assertThat(answer.payload().utf8()).isEqualTo("not today");
    assertThat(answer.maxAge().isPresent()).isEqualTo(kind == RefusalKind.OVERLOADED);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "/.well-known/est/sen/crts", "/.well-known/est/a/b/crts", "/.well-known/est/cacerts/crts", "/.well-known/est", "/e", "/e/x/crts"
  })
  void whatIsNoOperationIsNotFound(String path) throws Exception {
    assertThat(send(CoapCall.get(path)).code()).isEqualTo(CoapCode.NOT_FOUND);
  }

  @Test
  void discoveryTellsOfTheOperationsAndTheirFormats() throws Exception {
    CoapAnswer all = send(CoapCall.get("/.well-known/core").with("rt=ace.est*"));
    assertThat(all.is(ContentFormat.LINK_FORMAT)).isTrue();
    assertThat(all.payload().utf8()).isEqualTo("</e/crts>;rt=ace.est.crts;ct=\"62 281 287\",</e/sen>;rt=ace.est.sen;ct=\"281 287\","
        + "</e/sren>;rt=ace.est.sren;ct=\"281 287\",</e/skg>;rt=ace.est.skg;ct=62,</e/skc>;rt=ace.est.skc;ct=62,"
        + "</e/att>;rt=ace.est.att;ct=285");
    CoapCall byNumber = new CoapCall("GET", "", java.util.OptionalInt.of(0), List.of("rt=ace.est.sen"), java.util.OptionalInt.empty(),
        java.util.OptionalInt.empty(), Optional.empty(), Octets.empty());
    assertThat(send(byNumber).payload().utf8()).isEqualTo("</e/sen>;rt=ace.est.sen;ct=\"281 287\"");
  }

  @Test
  void certificatesComeInNoOtherFormat() {
    assertThatThrownBy(() -> EstResources.addTo(CoapRoutes.builder(), service, ContentFormat.CBOR))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
