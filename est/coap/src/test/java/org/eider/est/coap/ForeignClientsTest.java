package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.testkit.TestPki;
import org.eider.testkit.Tools;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as libcoap and OpenSSL see it. */
class ForeignClientsTest {
  private static final String LIBCOAP = "coap-client-openssl";

  @TempDir
  private Path folder;

  private final Site site = new Site();
  private final Credential issued = Site.PKI.idevid("LDEVID-1");
  private final Credential idevid = Site.MAKER.idevid("S-7");
  private CoapsServer server;

  private final EstService service = new EstService() {
    @Override
    public List<X509Certificate> caCertificates() {
      return List.of(Site.PKI.subordinate("issuing").certificate(), Site.PKI.certificate());
    }

    @Override
    public Outcome<Octets> csrAttributes(ClientSession session) {
      return Outcome.granted(Octets.empty());
    }

    @Override
    public Outcome<X509Certificate> simpleEnroll(ClientSession session, Octets pkcs10) {
      site.sessions.add(session);
      return Outcome.granted(issued.certificate());
    }

    @Override
    public Outcome<X509Certificate> simpleReenroll(ClientSession session, Octets pkcs10) {
      return simpleEnroll(session, pkcs10);
    }
  };

  @BeforeEach
  void start() throws IOException {
    server = CoapsServer.start(new CoapsConfig("site", "127.0.0.1", 0, Site.SERVER, Site.limits()),
        EstResources.addTo(site.routes(), service).build());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String url(String path) {
    return "coaps://127.0.0.1:" + server.address().getPort() + path;
  }

  private String root() throws IOException {
    Path file = folder.resolve("root.pem");
    PemFiles.writeCertificates(file, List.of(Site.PKI.certificate()));
    return file.toString();
  }

  /** Runs libcoap's client with the IDevID; tells what it got, as octets. */
  private Octets coap(String... arguments) throws Exception {
    Tools.require(LIBCOAP);
    Path output = folder.resolve("output");
    Files.deleteIfExists(output);
    List<String> command = Tools.join(List.of(LIBCOAP, "-B", "10", "-c", Tools.certificates(folder, idevid),
        "-j", Tools.key(folder, idevid), "-R", root(), "-o", output.toString()), List.of(arguments));
    String log = Tools.run("", command);
    assertThat(output).as(log).exists();
    return Octets.of(Files.readAllBytes(output));
  }

  @Test
  void libcoapDiscovers() throws Exception {
    assertThat(coap(url("/.well-known/core?rt=ace.est*")).utf8()).startsWith("</e/crts>;rt=ace.est.crts;ct=\"62 281 287\",");
  }

  @Test
  void libcoapGetsTheCaCertificatesInBlocks() throws Exception {
    Octets several = coap("-A", "62", "-b", "256", url("/.well-known/est/crts"));
    assertThat(MultipartCore.decode(several).parts()).hasSize(2).allMatch(part -> part.format() == 287);
    assertThat(CertsOnly.decode(coap("-A", "281", url("/e/crts")))).hasSize(2);
  }

  @Test
  void libcoapEnrolsWithItsIdevidAndARequestInBlocks() throws Exception {
    Octets csr = Csr.create(new X500Name("CN=device"), TestPki.key(KeyType.P256), Optional.empty(), List.of());
    Path file = Files.write(folder.resolve("csr.der"), csr.toArray());
    Octets certificate = coap("-m", "post", "-t", "286", "-A", "287", "-b", "64", "-f", file.toString(), url("/.well-known/est/sen"));
    assertThat(certificate).isEqualTo(Certificates.der(issued.certificate()));
    assertThat(site.lastSession().client()).contains(idevid.certificate());
  }

  @Test
  void libcoapWaitsForAnAnswerOfItsOwn() throws Exception {
    site.gate.countDown();
    assertThat(coap(url("/wait")).utf8()).isEqualTo("waited");
  }

  @Test
  void libcoapAsksByNumber() throws Exception {
    assertThat(MultipartCore.decode(coap("-A", "62", "-O", "13,0x012d", url("/"))).parts()).hasSize(2);
  }

  private String openssl(String... arguments) throws Exception {
    Tools.require("openssl");
    return Tools.run("", Tools.join(List.of("openssl", "s_client", "-dtls1_2", "-connect", "127.0.0.1:" + server.address().getPort()),
        List.of(arguments)));
  }

  private String[] authenticated(Credential credential, String... more) throws IOException {
    return Tools.join(List.of("-cert", Tools.certificates(folder, credential), "-key", Tools.key(folder, credential)), List.of(more))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDHE-ECDSA-AES128-CCM8", "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"})
  void opensslCompletesWithEverySuite(String suite) throws Exception {
    String output = openssl(authenticated(idevid, "-cipher", suite));
    assertThat(output).contains("Cipher is " + suite, "Extended master secret: yes", "No client certificate CA names sent");
    assertThat(output).containsPattern(Pattern.compile("Session-ID: *\n"));
  }

  @Test
  void opensslWithoutCertificateIsRefused() throws Exception {
    assertThat(openssl("-cipher", "ECDHE-ECDSA-AES128-CCM8")).contains("alert bad certificate");
    assertThat(server.sessions()).isZero();
  }

  @Test
  void opensslWithTheCertificateOfACaIsRefused() throws Exception {
    assertThat(openssl(authenticated(Site.PKI.credential()))).contains("alert bad certificate");
    assertThat(server.sessions()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"})
  void opensslWithAnotherSuiteIsRefused(String suite) throws Exception {
    assertThat(openssl(authenticated(idevid, "-cipher", suite))).contains("alert handshake failure");
  }
}
