package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.testkit.Tools;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as curl, OpenSSL and the JDK's own client see it. */
class ForeignClientsTest {
  private static final TestPki MAKER = TestPki.manufacturer("Maker", "masa.example.com");

  @TempDir
  private Path folder;

  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private HttpsServer server;
  private int port;

  @BeforeEach
  void start() throws IOException {
    server = site.secure();
    port = server.address().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  private String root() throws IOException {
    Path file = folder.resolve("root.pem");
    PemFiles.writeCertificates(file, List.of(Site.PKI.certificate()));
    return file.toString();
  }

  @ParameterizedTest
  @CsvSource({"P256, 1.2", "P256, 1.3", "P384, 1.3", "RSA2048, 1.2", "RSA2048, 1.3", "ED25519, 1.2", "ED25519, 1.3"})
  void curlPostsWithAnIdevidAsClientCertificate(KeyType type, String version) throws Exception {
    Tools.require("curl");
    Credential idevid = MAKER.idevid("S-" + type, type);
    Path body = Files.writeString(folder.resolve("body"), "from curl ".repeat(300));
    String output = Tools.run("", List.of("curl", "-sS", "--http1.1", "--tlsv" + version, "--tls-max", version, "--cacert", root(),
        "--cert", Tools.certificates(folder, idevid), "--key", Tools.key(folder, idevid), "--data-binary", "@" + body,
        "-w", "%{http_code} %{num_connects}", "https://localhost:" + port + "/echo"));
    assertThat(output).isEqualTo(Files.readString(body) + "200 1");
    assertThat(site.lastClient()).isEqualTo(idevid.certificate());
  }

  @Test
  void curlReusesItsConnection() throws Exception {
    Tools.require("curl");
    String url = "https://localhost:" + port + "/hello";
    String output = Tools.run("", List.of("curl", "-sS", "--cacert", root(), "-o", "/dev/null", "-o", "/dev/null", "-w",
        "%{http_code} %{num_connects};", url, url));
    assertThat(output).isEqualTo("200 1;200 0;");
  }

  @Test
  void curlWaitsFor100BeforeALargeBodyAndLearnsThatItIsTooLarge() throws Exception {
    Tools.require("curl");
    Path body = Files.writeString(folder.resolve("body"), "x".repeat(2_000_000));
    String output = Tools.run("", List.of("curl", "-sS", "--cacert", root(), "-H", "Expect: 100-continue", "--data-binary", "@" + body,
        "-o", "/dev/null",
        "-w", "%{http_code} %{size_upload}", "https://localhost:" + port + "/echo"));
    assertThat(output).isEqualTo("413 0");
  }

  @Test
  void aSessionIsNeverResumed() throws Exception {
    Tools.require("openssl");
    String get = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    Path session = folder.resolve("session");
    List<String> command = List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_2", "-ign_eof");
    assertThat(Tools.run(get, Tools.join(command, List.of("-sess_out",
        session.toString())))).contains("New, TLSv1.2").doesNotContain("session ticket:");
    assertThat(session).isNotEmptyFile();
    assertThat(Tools.run(get, Tools.join(command, List.of("-sess_in",
        session.toString())))).contains("New, TLSv1.2").doesNotContain("Reused");
    assertThat(site.sessions).hasSize(2);
  }

  @Test
  void noTicketIsGivenInTls13() throws Exception {
    Tools.require("openssl");
    String output = Tools.run("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_3", "-ign_eof"));
    assertThat(output).contains("New, TLSv1.3", "hello").doesNotContain("New Session Ticket");
  }

  @Test
  void opensslCannotRenegotiate() throws Exception {
    Tools.require("openssl");
    String output = Tools.run("R\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n", List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port,
        "-tls1_2"));
    assertThat(output).contains("RENEGOTIATING").containsIgnoringCase("no renegotiation");
    assertThat(site.sessions).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void olderVersionsAreRefusedWithAnAlert(String version) throws Exception {
    Tools.require("openssl");
    String output = Tools.run("", List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, version, "-cipher", "ALL:@SECLEVEL=0"));
    assertThat(output).contains("alert protocol version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"})
  void suitesWithoutForwardSecrecyAuthenticationOrAeadAreRefused(String suite) throws Exception {
    Tools.require("openssl");
    String output = Tools.run("", List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_2", "-cipher", suite));
    assertThat(output).contains("alert handshake failure");
  }

  @Test
  void anyServerNameIsIgnored() throws Exception {
    Tools.require("openssl");
    String output = Tools.run("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", "whatever.example", "-ign_eof"));
    assertThat(output).contains("hello");
  }

  @Test
  void noIssuersAreNamedToTheClient() throws Exception {
    Tools.require("openssl");
    String output = Tools.run("", List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_2"));
    assertThat(output).contains("No client certificate CA names sent");
    assertThat(output).contains("ed25519", "RSA-PSS+SHA256", "ECDSA+SHA512");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theClientOfTheJdkPostsWithAClientCertificate(String protocol) throws Exception {
    Credential idevid = MAKER.idevid("S-JDK");
    SSLContext context = SSLContext.getInstance(protocol);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("own", idevid.key(), new char[0], idevid.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, new char[0]);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("root", Site.PKI.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    HttpClient client = HttpClient.newBuilder().sslContext(context).build();
    var request = java.net.http.HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/echo"))
        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("from the JDK")).build();
    assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("from the JDK");
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(site.lastClient()).isEqualTo(idevid.certificate());
    assertThat(site.sessions.stream().map(s -> s.id()).distinct()).hasSize(1);
  }
}
