package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.est.ServerTrust;
import org.eider.est.http.ClientConfig;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.HttpsConnection;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.pki.PemFiles;
import org.eider.pki.ServiceName;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.testkit.TestPki;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCheck;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The MASA over HTTPS (RFC 8995 sections 5.4, 5.6, 5.8 and 6). */
class MasaServerTest {
  private static final String VOUCHER = "/.well-known/brski/requestvoucher";
  private static final String AUDIT_LOG = "/.well-known/brski/requestauditlog";
  private static final Headers CMS = Headers.of(Map.of("content-type", "application/voucher-cms+json", "accept", "application/voucher-cms+json"));

  @TempDir private Path data;
  private final Credential registrar = TestPki.root("Domain").registrar("registrar");
  private MasaServer server;
  private Credential device;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void voucherAndAuditLogAreAnsweredOnOneConnection() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    Ask ask = Ask.of(device, registrar);
    try (HttpsConnection connection = connect(Optional.of(registrar))) {
      HttpResponse voucher = connection.exchange("POST", VOUCHER, CMS, ask.rvr().bytes());
      assertThat(voucher.status()).isEqualTo(200);
      assertThat(voucher.headers().first("content-type")).contains("application/voucher-cms+json");
      assertThat(verdict(voucher, ask)).isEqualTo("accepted");
      HttpResponse log = connection.exchange("POST", AUDIT_LOG, CMS.with("accept", "application/json"), ask.rvr().bytes());
      assertThat(log.status()).isEqualTo(200);
      assertThat(log.headers().first("content-type")).contains("application/json");
      assertThat(AuditLog.parse(log.body()).events()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientCertificateIsNotRequiredUnderEitherVersionOfTls(String protocol) throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    ClientConfig config = config(Optional.empty(), List.of(protocol), Duration.ofSeconds(30));
    try (HttpsConnection connection = HttpsConnection.open(config, "localhost", server.port())) {
      assertThat(connection.protocol()).isEqualTo(protocol);
      assertThat(connection.exchange("POST", VOUCHER, CMS, Ask.of(device, registrar).rvr().bytes()).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void serverCertificateNamesTheLoopbackHosts(String host) throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    HttpsConnection.open(config(Optional.empty(), List.of("TLSv1.3"), Duration.ofSeconds(30)), host, server.port()).close();
    var certificate = server.manufacturer().keys().server("127.0.0.1", TestPki.NOW).certificate();
    for (String name : List.of("localhost", "127.0.0.1", "::1")) {
      ServiceName.check(certificate, name);
    }
    assertThatThrownBy(() -> ServiceName.check(certificate, "masa.example")).isInstanceOf(UntrustedException.class);
  }

  @Test
  void serverCertificateIsMadeAnewForAnotherHost() throws Exception {
    try (Lab lab = Lab.in(data)) {
      var first = lab.manufacturer.keys().server("127.0.0.1", TestPki.NOW).certificate();
      assertThat(lab.manufacturer.keys().server("localhost", TestPki.NOW).certificate()).isEqualTo(first);
      var second = lab.manufacturer.keys().server("masa.example", TestPki.NOW).certificate();
      ServiceName.check(second, "masa.example");
      ServiceName.check(second, "::1");
      var later = TestPki.NOW.plus(Duration.ofDays(390));
      assertThat(lab.manufacturer.keys().server("masa.example", later).certificate()).as("ends soon").isNotEqualTo(second);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/voucher-cms", "text/plain", "nonsense"})
  void otherMediaTypesAreUnsupported(String type) throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    for (String path : List.of(VOUCHER, AUDIT_LOG)) {
      explained(exchange(path, Headers.of(Map.of("content-type", type)), Ask.of(device, registrar).rvr().bytes()), 415);
    }
    explained(exchange(VOUCHER, Headers.NONE, Ask.of(device, registrar).rvr().bytes()), 415);
  }

  @Test
  void mediaTypeIsReadWithoutRegardToCaseAndParameters() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    Headers odd = Headers.of(Map.of("content-type", "Application/Voucher-CMS+JSON; profile=x", "accept", "text/plain;q=0.5, */*;q=0.1"));
    assertThat(exchange(VOUCHER, odd, Ask.of(device, registrar).rvr().bytes()).status()).isEqualTo(200);
  }

  @Test
  void answerThatIsNotAcceptedIsNotGiven() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    explained(exchange(VOUCHER, CMS.with("accept", "application/voucher-cose+cbor"), Ask.of(device, registrar).rvr().bytes()), 406);
    explained(exchange(AUDIT_LOG, CMS.with("accept", "application/xml"), Ask.of(device, registrar).rvr().bytes()), 406);
    assertThat(server.manufacturer().inventory().withSerial("SN-1").get(0).history().events()).isEmpty();
  }

  @Test
  void refusalsCarryTheirStatusAndAnExplanation() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    explained(exchange(VOUCHER, CMS, Octets.empty()), 400);
    explained(exchange(VOUCHER, CMS, Octets.utf8("{\"ietf-voucher-request:voucher\":{}}")), 400);
    explained(exchange(VOUCHER, CMS, Ask.of(device, registrar).prior(Octets.empty()).rvr().bytes()), 403);
    explained(exchange(VOUCHER, CMS, Ask.of(TestPki.manufacturer("Other", "").idevid("SN-X"), registrar).rvr().bytes()), 404);
    explained(exchange(AUDIT_LOG, CMS.with("accept", "*/*"), Ask.of(device, registrar).rvr().bytes()), 404);
  }

  @Test
  void bodyBeyondTheBoundIsRefused() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    assertThat(exchange(VOUCHER, CMS, Octets.of(new byte[128 * 1024 + 1])).status()).isEqualTo(413);
    assertThat(exchange(VOUCHER, CMS, Octets.of(new byte[128 * 1024])).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"GET,/.well-known/brski/requestvoucher,405", "PUT,/.well-known/brski/requestauditlog,405", "POST,/,404", "POST,/.well-known/brski/voucherrequest,404"})
  void otherMethodsAndPathsAreRefused(String method, String path, int status) throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    try (HttpsConnection connection = connect(Optional.empty())) {
      assertThat(connection.exchange(method, path, CMS, Octets.empty()).status()).isEqualTo(status);
    }
  }

  @Test
  void deviceMadeWhileTheServerRunsIsServedAtOnce() throws Exception {
    start(MasaPolicy.STRICT.withOneOwner(), Mischief.NONE);
    try (Manufacturer elsewhere = Manufacturer.openOrCreate(data, new SecureRandom(), Lab.CLOCK)) {
      Credential late = elsewhere.make("SN-LATE", KeyType.P256, Optional.empty());
      assertThat(post(Ask.of(late, registrar)).status()).isEqualTo(200);
      Credential other = TestPki.root("Other").registrar("other");
      assertThat(post(Ask.of(late, other)).status()).isEqualTo(403);
      assertThat(elsewhere.release(elsewhere.inventory().withSerial("SN-LATE").get(0).id())).isTrue();
      assertThat(post(Ask.of(late, other)).status()).isEqualTo(200);
    }
  }

  @Test
  void ownersAndLogSurviveARestartOnTheSamePort() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    Ask ask = Ask.of(device, registrar);
    assertThat(post(ask).status()).isEqualTo(200);
    int port = server.port();
    server.close();
    server = MasaServer.start(data, MasaServer.Settings.of(MasaPolicy.STRICT.withOneOwner()), new SecureRandom(), Lab.CLOCK);
    assertThat(server.port()).isEqualTo(port);
    assertThat(post(Ask.of(device, TestPki.root("Other").registrar("other"))).status()).isEqualTo(403);
    HttpResponse log = exchange(AUDIT_LOG, CMS.with("accept", "application/json"), ask.rvr().bytes());
    assertThat(AuditLog.parse(log.body()).events()).hasSize(1);
  }

  @Test
  void portOfIdevidsIsKeptUnlessItIsTaken() throws Exception {
    int chosen;
    try (Lab lab = Lab.in(data)) {
      device = lab.device("SN-1");
      chosen = MasaUri.of(device.certificate()).orElseThrow().port();
      assertThat(MasaUri.of(lab.device("SN-2").certificate()).orElseThrow().port()).isEqualTo(chosen);
    }
    try (ServerSocket thief = new ServerSocket(chosen, 1, InetAddress.getByName("127.0.0.1"))) {
      server = MasaServer.start(data, MasaServer.Settings.of(MasaPolicy.STRICT), new SecureRandom(), Lab.CLOCK);
      assertThat(server.port()).isNotEqualTo(thief.getLocalPort());
      assertThat(manufacturerFile("masa_uri")).isEqualTo("localhost:" + server.port());
    }
  }

  @Test
  void manufacturerFileTellsARegistrarWhatToTrust() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    assertThat(manufacturerFile("masa_uri")).isEqualTo("localhost:" + server.port());
    assertThat(MasaUri.of(device.certificate()).orElseThrow()).isEqualTo(MasaUri.parse("localhost:" + server.port()));
    assertThat(manufacturerFile("name")).isNotEmpty();
    TrustAnchors.of(PemFiles.readCertificates(data.resolve(manufacturerFile("idevid_ca")))).validate(device.chain(), TestPki.NOW);
    assertThat(PemFiles.readCertificates(data.resolve(manufacturerFile("voucher_ca")))).isEqualTo(server.manufacturer().voucherAnchors());
    var tlsCa = TrustAnchors.of(PemFiles.readCertificates(data.resolve(manufacturerFile("masa_tls_ca"))));
    ClientConfig byFile = ClientConfig.standard(Optional.empty(), ServerTrust.anchored(tlsCa, Lab.CLOCK));
    HttpsConnection.open(byFile, "localhost", server.port()).close();
  }

  @Test
  void folderIsServedByOneServerAtATime() throws Exception {
    start(MasaPolicy.STRICT, Mischief.NONE);
    MasaServer.Settings settings = MasaServer.Settings.of(MasaPolicy.STRICT);
    assertThatThrownBy(() -> MasaServer.start(data, settings, new SecureRandom(), Lab.CLOCK))
        .isInstanceOf(IOException.class).hasMessageContaining("another MASA serves");
    assertThat(post(Ask.of(device, registrar)).status()).as("the first goes on").isEqualTo(200);
  }

  // ---- mischief: what a pledge or registrar then sees ----

  @ParameterizedTest
  @CsvSource({"wrong-serial,WRONG_SERIAL_NUMBER", "wrong-nonce,WRONG_NONCE", "foreign-signed,SIGNER_NOT_TRUSTED", "other-domain,FOREIGN_PIN", "unsigned,NO_SIGNER"})
  void mischiefMakesVouchersThatMustBeRefused(String name, String flaw) throws Exception {
    start(MasaPolicy.STRICT, Mischief.named(name).orElseThrow());
    Ask ask = Ask.of(device, registrar);
    HttpResponse response = post(ask);
    assertThat(response.status()).isEqualTo(200);
    assertThat(verdict(response, ask)).as(name).isEqualTo(flaw);
    assertThat(server.manufacturer().inventory().withSerial("SN-1").get(0).history().events()).as("the journal stays honest").hasSize(1);
  }

  @Test
  void mischiefAnswersWithAPageOrAnError() throws Exception {
    start(MasaPolicy.STRICT, Mischief.html());
    HttpResponse page = post(Ask.of(device, registrar));
    assertThat(page.status()).isEqualTo(200);
    assertThat(MediaType.parse(page.headers().first("content-type").orElseThrow()).subtype()).isEqualTo("html");
    server.close();
    server = MasaServer.start(data, mischievous(Mischief.status(500)), new SecureRandom(), Lab.CLOCK);
    assertThat(post(Ask.of(device, registrar)).status()).isEqualTo(500);
  }

  @Test
  void mischiefAnswersTooLate() throws Exception {
    start(MasaPolicy.STRICT, Mischief.slow(Duration.ofSeconds(5)));
    ClientConfig impatient = config(Optional.empty(), List.of("TLSv1.3"), Duration.ofMillis(300));
    try (HttpsConnection connection = HttpsConnection.open(impatient, "localhost", server.port())) {
      assertThatThrownBy(() -> connection.exchange("POST", VOUCHER, CMS, Ask.of(device, registrar).rvr().bytes()))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void everyNameOfMischiefIsOne() {
    assertThat(Mischief.names()).hasSize(8).allSatisfy(name -> assertThat(Mischief.named(name)).isPresent());
    assertThat(Mischief.named("none-of-these")).isEmpty();
  }

  // ---- helpers ----

  private void start(MasaPolicy policy, Mischief mischief) throws IOException {
    MasaServer.Settings honest = MasaServer.Settings.of(policy);
    server = MasaServer.start(data, new MasaServer.Settings(honest.host(), 0, policy, VoucherSealer.cms(), mischief), new SecureRandom(), Lab.CLOCK);
    device = server.manufacturer().make("SN-1", KeyType.P256, Optional.empty());
  }

  private static MasaServer.Settings mischievous(Mischief mischief) {
    return new MasaServer.Settings("127.0.0.1", 0, MasaPolicy.STRICT, VoucherSealer.cms(), mischief);
  }

  private HttpResponse post(Ask ask) throws IOException {
    return exchange(VOUCHER, CMS, ask.rvr().bytes());
  }

  private HttpResponse exchange(String path, Headers headers, Octets body) throws IOException {
    try (HttpsConnection connection = connect(Optional.of(registrar))) {
      return connection.exchange("POST", path, headers, body);
    }
  }

  private HttpsConnection connect(Optional<Credential> credential) throws IOException {
    return HttpsConnection.open(config(credential, List.of("TLSv1.3", "TLSv1.2"), Duration.ofSeconds(30)), "localhost", server.port());
  }

  private ClientConfig config(Optional<Credential> credential, List<String> protocols, Duration patience) throws IOException {
    TrustAnchors anchors = TrustAnchors.of(PemFiles.readCertificates(data.resolve("tls-ca.pem")));
    return new ClientConfig(
        credential, ServerTrust.anchored(anchors, Lab.CLOCK), true, protocols, Duration.ofSeconds(10), patience, 2 * 1024 * 1024);
  }

  private String manufacturerFile(String member) throws IOException, DecodeException {
    return StrictJson.object(Octets.of(Files.readAllBytes(data.resolve("manufacturer.json"))), 16 * 1024).path(member).asText();
  }

  /** {@code accepted}, or what a pledge that takes the voucher finds wrong. */
  private String verdict(HttpResponse response, Ask ask) throws DecodeException {
    TrustAnchors anchors = TrustAnchors.of(server.manufacturer().voucherAnchors());
    try {
      var voucher = VoucherOpener.voucher(new VoucherArtifact(VoucherFormat.CMS_JSON, response.body()), anchors.certificates());
      return VoucherCheck.of(anchors, Certificates.subjectSerialNumber(device.certificate()).orElseThrow()).nonce(ask.nonce())
          .at(TestPki.NOW).pinnedAmong(registrar.chain()).build().judge(voucher)
          .fold(pinned -> "accepted", rejected -> rejected.flaw().name());
    } catch (UntrustedException e) {
      return e.fault().name();
    }
  }

  private static void explained(HttpResponse response, int status) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.headers().first("content-type").orElse("")).startsWith("text/plain").contains("utf-8");
    assertThat(response.body().utf8()).isNotBlank();
  }
}
