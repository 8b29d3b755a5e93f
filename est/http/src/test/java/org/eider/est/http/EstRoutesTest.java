package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.GeneratedKey;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyPackage;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EST on the wire (RFC 7030 sections 3.2.2, 4.1, 4.2, 4.5; RFC 8951 section 3), with a service that answers as each test says. */
class EstRoutesTest {
  private static final Credential ISSUED = Site.PKI.idevid("LDEVID-1");
  private static final Octets CSR = Csr.create(new X500Name("CN=device"), TestPki.key(KeyType.P256), Optional.empty(), List.of());
  private static final Map<String, String> PKCS10 = Map.of("content-type", "application/pkcs10");

  private final AtomicReference<Outcome<X509Certificate>> enrolment = new AtomicReference<>(Outcome.granted(ISSUED.certificate()));
  private final AtomicReference<Outcome<Octets>> attributes = new AtomicReference<>(Outcome.granted(Octets.of(new byte[] {0x30, 0x02,
      0x05, 0x00})));
  private final AtomicReference<Outcome<GeneratedKey>> generation = new AtomicReference<>(
      Outcome.granted(new GeneratedKey(GeneratedKey.Form.PKCS8, KeyPackage.plain(ISSUED.key()), ISSUED.certificate())));
  private final AtomicReference<Octets> asked = new AtomicReference<>(Octets.empty());
  private final AtomicReference<ClientSession> session = new AtomicReference<>();
  private final AtomicInteger enrolled = new AtomicInteger();
  private final AtomicInteger reenrolled = new AtomicInteger();
  private HttpsServer server;
  private HttpsConnection connection;

  private record Because(RefusalKind kind) implements Refusal.Reason {
    @Override
    public String name() {
      return "BECAUSE";
    }
  }

  private final EstService service = new EstService() {
    @Override
    public List<X509Certificate> caCertificates() {
      return List.of(Site.PKI.certificate(), ISSUED.certificate());
    }

    @Override
    public Outcome<Octets> csrAttributes(ClientSession asking) {
      return attributes.get();
    }

    @Override
    public Outcome<X509Certificate> simpleEnroll(ClientSession asking, Octets pkcs10) {
      enrolled.incrementAndGet();
      session.set(asking);
      asked.set(pkcs10);
      return enrolment.get();
    }

    @Override
    public Outcome<X509Certificate> simpleReenroll(ClientSession asking, Octets pkcs10) {
      reenrolled.incrementAndGet();
      asked.set(pkcs10);
      return enrolment.get();
    }

    @Override
    public Outcome<GeneratedKey> serverKeygen(ClientSession asking, Octets pkcs10) {
      asked.set(pkcs10);
      return generation.get();
    }
  };

  @BeforeEach
  void start() throws IOException {
    Routes routes = EstRoutes.addTo(Routes.builder(), service).build();
    server = HttpsServer.start(new ServerConfig("est", "127.0.0.1", 0, Optional.of(Site.SERVER), true, Site.limits()), routes);
    connection = HttpsConnection.open(Site.client(Optional.of(ISSUED), "TLSv1.3"), "localhost", server.address().getPort());
  }

  @AfterEach
  void stop() {
    connection.close();
    server.close();
  }

  private HttpResponse get(String path) throws IOException {
    return connection.exchange("GET", "/.well-known/est" + path, Headers.NONE, Octets.empty());
  }

  private HttpResponse post(String path, Map<String, String> headers, String body) throws IOException {
    return connection.exchange("POST", "/.well-known/est" + path, Headers.of(headers), Octets.utf8(body));
  }

  private static List<X509Certificate> certificates(HttpResponse response) throws DecodeException {
    return CertsOnly.decode(Octets.of(java.util.Base64.getDecoder().decode(response.body().toArray())));
  }

  @Test
  void cacertsIsCertsOnlyInUnbrokenBase64() throws Exception {
    HttpResponse response = get("/cacerts");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("application/pkcs7-mime");
    assertThat(certificates(response)).containsExactlyInAnyOrder(Site.PKI.certificate(), ISSUED.certificate());
  }

  @Test
  void cacertsNeedsNoClientCertificate() throws Exception {
    try (HttpsConnection anonymous = HttpsConnection.open(Site.client(), "localhost", server.address().getPort())) {
      assertThat(anonymous.exchange("GET", "/.well-known/est/cacerts", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    }
  }

  @Test
  void csrattrsIsBase64OfItsDer() throws Exception {
    HttpResponse response = get("/csrattrs");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("application/csrattrs");
    assertThat(response.body().utf8()).isEqualTo("MAIFAA==");
  }

  @Test
  void csrattrsThatAskForNothingAreNoContent() throws Exception {
    attributes.set(Outcome.granted(Octets.of(new byte[] {0x30, 0x00})));
    assertThat(get("/csrattrs").status()).isEqualTo(204);
  }

  @Test
  void enrolmentAnswersWithJustTheIssuedCertificate() throws Exception {
    HttpResponse response = post("/simpleenroll", PKCS10, CSR.base64());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("application/pkcs7-mime; smime-type=certs-only");
    assertThat(certificates(response)).containsExactly(ISSUED.certificate());
    assertThat(asked.get()).isEqualTo(CSR);
    assertThat(session.get().client()).contains(ISSUED.certificate());
    assertThat(session.get().binding()).isEqualTo(connection.binding()).isPresent();
  }

  @Test
  void reenrolmentIsTheOtherOperation() throws Exception {
    assertThat(post("/simplereenroll", PKCS10, CSR.base64()).status()).isEqualTo(200);
    assertThat(enrolled).hasValue(0);
    assertThat(reenrolled).hasValue(1);
  }

  @Test
  void aGeneratedKeyComesBeforeItsCertificateInTwoBase64Parts() throws Exception {
    HttpResponse response = post("/serverkeygen", PKCS10, CSR.base64());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("multipart/mixed; boundary=eider-next-part");
    assertThat(response.body().utf8()).isEqualTo(String.join("\r\n",
        "--eider-next-part",
        "Content-Type: application/pkcs8",
        "Content-Transfer-Encoding: base64",
        "",
        KeyPackage.plain(ISSUED.key()).base64(),
        "--eider-next-part",
        "Content-Type: application/pkcs7-mime; smime-type=certs-only",
        "Content-Transfer-Encoding: base64",
        "",
        CertsOnly.encode(List.of(ISSUED.certificate())).base64(),
        "--eider-next-part--",
        ""));
    assertThat(asked.get()).isEqualTo(CSR);
  }

  @Test
  void anEncipheredKeySaysSoInItsPart() throws Exception {
    generation.set(Outcome.granted(new GeneratedKey(GeneratedKey.Form.ENVELOPED, Octets.utf8("cms"), ISSUED.certificate())));
    assertThat(post("/label/serverkeygen", PKCS10, CSR.base64()).body().utf8())
        .contains("\r\nContent-Type: application/pkcs7-mime; smime-type=server-generated-key\r\n").doesNotContain("pkcs8");
  }

  @Test
  void serverKeygenThatIsRefusedOrNotAcceptableMakesNothing() throws Exception {
    Map<String, String> other = Map.of("content-type", "application/pkcs10", "accept", "application/pkcs7-mime");
    assertThat(post("/serverkeygen", other, CSR.base64()).status()).isEqualTo(406);
    assertThat(asked.get()).isEqualTo(Octets.empty());
    generation.set(Outcome.refused(new Because(RefusalKind.UNKNOWN), "switched off"));
    assertThat(post("/serverkeygen", PKCS10, CSR.base64()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n", " ", "\t", "\r\n\r\n"})
  void lineBreaksAndSpacesInTheRequestMeanNothing(String space) throws Exception {
    String broken = String.join(space, CSR.base64().split("(?<=\\G.{64})")) + space;
    Map<String, String> headers = Map.of("content-type", "application/pkcs10", "content-transfer-encoding", "base64");
    assertThat(post("/simpleenroll", headers, broken).status()).isEqualTo(200);
    assertThat(asked.get()).isEqualTo(CSR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64", "7bit", "binary", "nonsense"})
  void theTransferEncodingHeaderIsIgnored(String encoding) throws Exception {
    Map<String, String> headers = Map.of("content-type", "application/pkcs10", "content-transfer-encoding", encoding);
    assertThat(post("/simpleenroll", headers, CSR.base64()).status()).isEqualTo(200);
    assertThat(asked.get()).isEqualTo(CSR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-----BEGIN CERTIFICATE REQUEST-----\nMAIFAA==\n-----END CERTIFICATE REQUEST-----\n", "MAIF_-==", "MAIFAA",
      "MAIFAA==MAIF", "MAI%46AA=="})
  void whatIsNotPlainBase64IsMalformedAndReachesNoService(String body) throws Exception {
    assertThat(post("/simpleenroll", PKCS10, body).status()).isEqualTo(400);
    assertThat(enrolled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/pkcs10; charset=x", "Application/PKCS10", "application/pkcs10;a=b;c"})
  void parametersAndCaseOfTheMediaTypeMeanNothing(String type) throws Exception {
    assertThat(post("/simpleenroll", Map.of("content-type", type), CSR.base64()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/pkcs10x", "text/plain", "application/*", "pkcs10", "application/pkcs7-mime"})
  void anotherMediaTypeIsAnsweredWith415(String type) throws Exception {
    assertThat(post("/simpleenroll", Map.of("content-type", type), CSR.base64()).status()).isEqualTo(415);
    assertThat(enrolled).hasValue(0);
  }

  @Test
  void aMissingMediaTypeIsAnsweredWith415() throws Exception {
    assertThat(post("/simpleenroll", Map.of(), CSR.base64()).status()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "application/pkcs7-mime|200", "*/*|200", "application/*;q=0.1|200", "text/html, application/pkcs7-mime|200",
          "application/pkcs7-mime; smime-type=certs-only|200",
      "text/html|406", "application/pkcs7-mime;q=0|406", "application/pkix-cert|406"
  })
  void anAcceptThatExcludesTheAnswerIsAnsweredWith406BeforeAnythingHappens(String accept, int status) throws Exception {
    Map<String, String> headers = Map.of("content-type", "application/pkcs10", "accept", accept);
    assertThat(post("/simpleenroll", headers, CSR.base64()).status()).isEqualTo(status);
    assertThat(enrolled).hasValue(status == 200 ? 1 : 0);
    assertThat(connection.exchange("GET", "/.well-known/est/cacerts", Headers.of(Map.of("accept", accept)),
        Octets.empty()).status()).isEqualTo(status);
  }

  @Test
  void anAcceptOfAnotherTypeForCsrattrsIsAnsweredWith406() throws Exception {
    HttpResponse response = connection.exchange("GET", "/.well-known/est/csrattrs", Headers.of(Map.of("accept",
        "application/pkcs7-mime")), Octets.empty());
    assertThat(response.status()).isEqualTo(406);
  }

  @Test
  void aDeferredEnrolmentIsAnsweredWith202AndRetryAfter() throws Exception {
    enrolment.set(Outcome.deferred(Duration.ofSeconds(90)));
    HttpResponse response = post("/simpleenroll", PKCS10, CSR.base64());
    assertThat(response.status()).isEqualTo(202);
    assertThat(response.headers().first("retry-after")).contains("90");
  }

  @ParameterizedTest
  @EnumSource(RefusalKind.class)
  void aRefusalIsAnsweredByTheTable(RefusalKind kind) throws Exception {
    enrolment.set(Outcome.refused(new Because(kind), "this is why"));
    HttpResponse response = post("/simpleenroll", PKCS10, CSR.base64());
    assertThat(response.status()).isEqualTo(StatusTable.statusOf(kind));
    assertThat(response.body().utf8()).isEqualTo("this is why\n");
    assertThat(response.headers().first("content-type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    assertThat(response.close()).isEqualTo(kind == RefusalKind.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/label/cacerts", "/a/cacerts", "/A.b_c~d-9/cacerts", "/cacertsx/cacerts"})
  void oneLabelMayComeBeforeTheOperation(String path) throws Exception {
    assertThat(get(path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/cacerts/cacerts", "/simpleenroll/cacerts", "/fullcmc/cacerts", "/serverkeygen/cacerts", "/a/b/cacerts",
      "//cacerts", "/a%2Fb/cacerts",
      "/a b/cacerts", "/a$/cacerts", "/cacerts/", "/label/", "/fullcmc", "", "/"})
  void anythingElseIsNoResource(String path) throws Exception {
    assertThat(get(path.replace(" ", "%20")).status()).isEqualTo(404);
  }

  @Test
  void aLabelHasAtMost64Characters() throws Exception {
    assertThat(get("/" + "l".repeat(64) + "/cacerts").status()).isEqualTo(200);
    assertThat(get("/" + "l".repeat(65) + "/cacerts").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"POST, /cacerts, GET", "GET, /simpleenroll, POST", "GET, /label/simplereenroll, POST", "PUT, /csrattrs, GET", "GET, /serverkeygen, POST"})
  void anotherMethodIsAnsweredWith405(String method, String path, String allowed) throws Exception {
    HttpResponse response = connection.exchange(method, "/.well-known/est" + path, Headers.NONE, Octets.empty());
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers().first("allow")).contains(allowed);
  }

  @Test
  void aRequestBeyond64KiBIsAnsweredWith413() throws Exception {
    assertThat(post("/simpleenroll", PKCS10, "A".repeat(64 * 1024 + 1)).status()).isEqualTo(413);
    assertThat(enrolled).hasValue(0);
  }
}
