package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.testkit.Tools;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Client certificates that are meant to hurt: each is let through or refused by an alert, and costs the event loops little. */
class HostileTlsTest {
  /** CPU, not time: a handshake costs milliseconds, and this is what a cold Java needs. To read a hostile key has cost 15 s. */
  private static final Duration MOST_CPU = Duration.ofSeconds(5);
  private static final TestPki MAKER = TestPki.root("Maker");
  /** What the server says of a handshake, beyond the engine's own bounds: 32 KiB in one message, and 8 certificates. */
  private static final String TOO_LONG = "Handshake message length exceeds the maximum";
  private static final String TOO_MANY = "Certificate chain longer than maximum";
  /** Strange, cheap, and nothing that the handshake has to judge. */
  private static final String LET_THROUGH = "status=200";
  private static final KeyPair KEY = TestPki.key(KeyType.P256);

  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private final Leaks leaks = new Leaks();
  private HttpsServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpsServer.start(new ServerConfig("hostile", "127.0.0.1", 0, Optional.of(Site.SERVER), true, Site.limits()), site.routes());
    assertThat(hello(Optional.empty(), "TLSv1.3")).contains("200");
    assertThat(hello(Optional.of(MAKER.idevid("warm-up")), "TLSv1.2")).contains("200");
    await().until(() -> log.texts().size() == 2);
  }

  @AfterEach
  void everythingIsBack() throws Exception {
    assertThat(hello(Optional.of(MAKER.idevid("honest")), "TLSv1.3")).contains("200");
    await().untilAsserted(() -> assertThat(server.connections()).isZero());
    server.close();
    leaks.assertNone();
    leaks.close();
    log.close();
    assertThat(log.events()).noneMatch(event -> event.getLevel() == Level.ERROR || event.getThrowableProxy() != null);
  }

  static Stream<Arguments> absurdChains() throws Exception {
    Credential honest = MAKER.idevid("SN-1");
    X509Certificate leaf = honest.certificate();
    TestPki other = TestPki.root("Other");
    X509Certificate forth = crossed(MAKER, other);
    X509Certificate back = crossed(other, MAKER);
    PrivateKey rsa = TestPki.key(KeyType.RSA2048).getPrivate();
    X509Certificate huge = leaf(KEY.getPublic(), List.of(blob(64_000)));
    return Stream.of(
        Arguments.of("17 certificates", TOO_MANY, new Credential(honest.key(), repeated(leaf, 17))),
        Arguments.of("100 certificates", TOO_LONG, new Credential(honest.key(), repeated(leaf, 100))),
        Arguments.of("a certificate of 64 KiB", TOO_LONG, new Credential(KEY.getPrivate(), List.of(huge))),
        Arguments.of("100 certificates of 64 KiB", TOO_LONG, new Credential(KEY.getPrivate(), repeated(huge, 100))),
        Arguments.of("a cycle", LET_THROUGH, new Credential(honest.key(), List.of(leaf, forth, back, forth, back, forth, back))),
        Arguments.of("an RSA key of 8192 bits", "decrypt_error", new Credential(rsa, List.of(AbsurdKeys.rsa(8192, 17)))),
        Arguments.of("an RSA key of 16384 bits", "RSA modulus out of range", new Credential(rsa, List.of(AbsurdKeys.rsa(16384, 17)))),
        Arguments.of("an RSA key with a long exponent", "too long to verify", new Credential(rsa, List.of(AbsurdKeys.rsa(2048, 2000)))),
        Arguments.of("hundreds of name constraints and names", LET_THROUGH, new Credential(KEY.getPrivate(), List.of(
            leaf(KEY.getPublic(), List.of(names(600))), leaf(KEY.getPublic(), List.of(constraints(600)))))),
        Arguments.of("a thousand names", LET_THROUGH, new Credential(KEY.getPrivate(), List.of(leaf(KEY.getPublic(), List.of(names(1200)))))),
        Arguments.of("a subject of a thousand parts", LET_THROUGH, new Credential(KEY.getPrivate(), List.of(CertificateMaker.endEntity(
            MAKER.credential(), new LdevidTemplate(new X500Name(String.join(",", Collections.nCopies(1000, "CN=x"))), KEY.getPublic(),
                TestPki.NOT_BEFORE, TestPki.NOT_AFTER, List.of()), BigInteger.TEN)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("absurdChains")
  void anAbsurdChainCostsLittleAndEndsCleanly(String what, String expected, Credential client) throws Exception {
    List<String> versions = List.of("TLSv1.3", "TLSv1.2");
    long before = cpu();
    int linesBefore = log.texts().size();
    for (String version : versions) {
      // A refused client may see an alert or, as it still sends, the connection break: the server's own words are compared below.
      assertThat(hello(Optional.of(client), version).equals("200")).as(version).isEqualTo(expected.equals(LET_THROUGH));
    }
    await().untilAsserted(() -> assertThat(log.texts().stream().skip(linesBefore).filter(line -> line.contains(expected)))
        .as("%s in %s", expected, log.texts()).hasSize(versions.size()));
    assertThat(Duration.ofNanos(cpu() - before)).isLessThan(MOST_CPU);
  }

  /** Its key usage does not allow to sign a handshake. Java clients would not send it. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void theCertificateOfACaIsRefusedWithAnAlertThatBlamesIt(String version, @TempDir Path folder) throws Exception {
    Tools.require("openssl");
    String output = Tools.run("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", List.of("openssl", "s_client", "-connect",
        "127.0.0.1:" + server.address().getPort(), version, "-ign_eof",
        "-cert", Tools.certificates(folder, MAKER.credential()), "-key", Tools.key(folder, MAKER.credential())));
    assertThat(output).contains("alert certificate unknown").doesNotContain("internal error", "200 OK");
  }

  @Test
  void octetsThatLookLikeTlsCostNothing() throws Exception {
    Random random = new Random(7);
    long before = cpu();
    for (int i = 0; i < 60; i++) {
      byte[] record = new byte[5 + random.nextInt(3000)];
      random.nextBytes(record);
      record[0] = (byte) (20 + random.nextInt(4));
      record[1] = 3;
      record[2] = (byte) (random.nextInt(4) + 1);
      try (Raw raw = new Raw(server.address())) {
        raw.send(new String(record, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    await().until(() -> server.connections() == 0);
    assertThat(Duration.ofNanos(cpu() - before)).isLessThan(MOST_CPU);
  }

  /** "200", or why there is no answer. */
  private String hello(Optional<Credential> client, String version) {
    try (HttpsConnection connection = HttpsConnection.open(Site.client(client, version), "localhost", server.address().getPort())) {
      return Integer.toString(connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** CPU time of the server's threads. */
  private static long cpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.dumpAllThreads(false, false)).filter(thread -> thread.getThreadName().startsWith("hostile-"))
        .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId()))).sum();
  }

  private static List<X509Certificate> repeated(X509Certificate certificate, int times) {
    return Collections.nCopies(times, certificate);
  }

  private static X509Certificate crossed(TestPki issuer, TestPki subject) {
    return CertificateMaker.subordinateCa(issuer.credential(), X500Name.getInstance(subject.certificate().getSubjectX500Principal().getEncoded()),
        subject.certificate().getPublicKey(), BigInteger.TWO, TestPki.NOT_BEFORE, TestPki.NOT_AFTER, -1);
  }

  private static X509Certificate leaf(PublicKey key, List<Extension> extensions) {
    return CertificateMaker.endEntity(MAKER.credential(),
        new LdevidTemplate(new X500Name("CN=absurd"), key, TestPki.NOT_BEFORE, TestPki.NOT_AFTER, extensions), BigInteger.TEN);
  }

  private static Extension blob(int size) {
    return new Extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.9"), false, new DEROctetString(new byte[size]));
  }

  private static Extension names(int count) {
    return CertificateMaker.subjectAltName(IntStream.range(0, count).mapToObj(i -> "n" + i + ".example").toList(), List.of());
  }

  private static Extension constraints(int count) throws IOException {
    GeneralSubtree[] subtrees = IntStream.range(0, count)
        .mapToObj(i -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, "c" + i + ".example"))).toArray(GeneralSubtree[]::new);
    return new Extension(Extension.nameConstraints, true, new NameConstraints(null, subtrees).getEncoded());
  }
}
