package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as a shell sees them: output, errors, exit codes, files. */
class MasaCommandTest {
  @TempDir private Path folder;

  private record Run(int code, String out, String err) {}

  @ParameterizedTest
  @ValueSource(strings = {"p256", "p384", "rsa2048", "ed25519"})
  void idevidWritesKeyCertificateChainAndAnchors(String type) throws Exception {
    Path out = folder.resolve("device");
    assertThat(run("idevid", "--data", data(), "--serial", "SN-1", "--out", out.toString(), "--key", type).code()).isZero();

    X509Certificate idevid = PemFiles.readCertificates(out.resolve("cert.pem")).get(0);
    assertThat(KeyType.of(idevid.getPublicKey())).isEqualTo(KeyType.ofLabel(type));
    assertThat(Certificates.subjectSerialNumber(idevid)).contains("SN-1");
    assertThat(SerialNumberProfile.HARDWARE_MODULE_NAME.serialNumber(idevid)).contains("SN-1");
    assertThat(Certificates.authorityKeyId(idevid)).isPresent();
    assertThat(idevid.getNotAfter().toInstant()).isEqualTo(CertificateMaker.NO_END);
    assertThat(idevid.getKeyUsage()[0]).as("digitalSignature, bit %s", KeyUsage.digitalSignature).isTrue();
    MasaUri uri = MasaUri.of(idevid).orElseThrow();
    assertThat(uri.host()).isEqualTo("localhost");
    assertThat(Files.readString(folder.resolve("data/manufacturer.json"))).contains("\"localhost:" + uri.port() + "\"");

    List<X509Certificate> chain = PemFiles.readCertificates(out.resolve("chain.pem"));
    TrustAnchors.of(chain).validate(List.of(idevid), Instant.now());
    assertThat(PemFiles.readCertificates(out.resolve("anchors.pem")))
        .isEqualTo(PemFiles.readCertificates(folder.resolve("data/voucher-ca.pem")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("key.pem")))).isEqualTo("rw-------");
    assertThat(Files.readString(out.resolve("key.pem"))).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(PemFiles.readKey(out.resolve("key.pem")).getFormat()).isEqualTo("PKCS#8");
  }

  @Test
  void keyThatIsThereIsNotReplacedUnlessForced() throws IOException {
    Path out = folder.resolve("device");
    assertThat(idevid("SN-1", out).code()).isZero();
    String key = Files.readString(out.resolve("key.pem"));
    Run again = idevid("SN-1", out);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("error: ").contains("is there already").contains("hint: ");
    assertThat(Files.readString(out.resolve("key.pem"))).isEqualTo(key);
    assertThat(run("idevid", "--data", data(), "--serial", "SN-1", "--out", out.toString(), "--force").code()).isZero();
    assertThat(Files.readString(out.resolve("key.pem"))).isNotEqualTo(key);
    assertThat(run("devices", "--data", data(), "--json").out()).containsOnlyOnce("\"SN-1\"");
  }

  @Test
  void serialNumberIsPrintableAsciiOf64Characters() {
    for (String wrong : List.of("", " SN", "SN ", "Sérial", "a\tb", "x".repeat(65))) {
      Run refused = idevid(wrong, folder.resolve("device"));
      assertThat(refused.code()).as(wrong).isEqualTo(2);
      assertThat(refused.err()).contains("error: --serial");
    }
    assertThat(folder.resolve("data")).doesNotExist();
    for (String right : List.of("x".repeat(64), "00-D0-E5-F2-00-02", "a_b@c*d &e")) {
      assertThat(idevid(right, folder.resolve("device-" + right.length())).code()).as(right).isZero();
    }
  }

  @Test
  void wrongCallsAreExit2() {
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("serve").code()).isEqualTo(2);
    assertThat(run("serve", "--data", data(), "--port", "70000").code()).isEqualTo(2);
    assertThat(run("serve", "--data", data(), "--pin", "middle").code()).isEqualTo(2);
    assertThat(run("serve", "--data", data(), "--mischief", "nice").err()).contains("error: --mischief").contains("wrong-nonce");
    assertThat(run("serve", "--data", data(), "--max-age", "PT0S").code()).isEqualTo(2);
    assertThat(run("idevid", "--data", data(), "--serial", "S", "--out", data(), "--key", "rsa1024").code()).isEqualTo(2);
    assertThat(run("release", "--data", data()).code()).isEqualTo(2);
  }

  @Test
  void everyOptionIsExplainedWithItsDefault() {
    for (String command : List.of("serve", "idevid", "devices", "release", "log")) {
      Run help = run(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("--data").contains("Folder");
    }
    assertThat(run("serve", "--help").out()).contains("--allow-nonceless").contains("--one-owner").contains("danger").contains("PT20M")
        .contains("(default: 127.0.0.1)").doesNotContain("DEFAULT-VALUE");
  }

  @Test
  void folderThatIsNoMasasIsSaidSo() throws IOException {
    for (String command : List.of("devices", "release", "log")) {
      Run refused = run(command, "--data", data(), "SN-1");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("error: ").contains("is not the data folder of a MASA").contains("hint: ");
    }
    assertThat(folder.resolve("data")).as("asking makes nothing").doesNotExist();
  }

  @Test
  void aKeyThatOthersMayReadIsNotUsed() throws IOException {
    assertThat(run("idevid", "--data", data(), "--serial", "SN-1", "--out", folder.resolve("d").toString()).code()).isZero();
    try (Stream<Path> files = Files.list(Path.of(data()))) {
      for (Path key : files.filter(file -> file.toString().endsWith("-key.pem")).toList()) {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Run refused = run("serve", "--data", data());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("others than its owner").contains("hint: chmod 600 ").contains(key.getFileName().toString());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      }
    }
  }

  @Test
  void unknownDeviceIsSaidSo() {
    idevid("SN-1", folder.resolve("device"));
    for (String command : List.of("devices", "release", "log")) {
      Run refused = run(command, "--data", data(), "SN-2");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("error: no device SN-2 was made here").contains("hint: ");
    }
  }

  @Test
  void devicesReleaseAndLogTellOfOwnersAndVouchers() throws Exception {
    TestPki domain = TestPki.root("Domain");
    Path buyer = folder.resolve("buyer.pem");
    PemFiles.writeCertificates(buyer, List.of(domain.certificate()));
    assertThat(run("idevid", "--data", data(), "--serial", "SN-1", "--out", folder.resolve("d").toString(), "--sold-to", buyer.toString()).code())
        .isZero();
    Credential registrar = domain.registrar("registrar");
    Ask ask = ask("d", registrar);
    try (Manufacturer manufacturer = Manufacturer.openOrCreate(folder.resolve("data"), new SecureRandom(), Clock.systemUTC())) {
      MasaService masa = new MasaService(manufacturer.inventory(), MasaPolicy.STRICT, manufacturer.keys().masaKeys(),
          org.eider.voucher.VoucherSealer.cms(), Mischief.NONE, Clock.systemUTC());
      Lab.granted(masa.requestVoucher(ask.rvr()));
    }
    String domainId = Certificates.domainId(domain.certificate()).base64();

    assertThat(run("devices", "--data", data()).out()).contains("SN-1").contains("verified").contains(domainId);
    JsonNode device = json(run("devices", "--data", data(), "--json", "SN-1").out()).get(0);
    assertThat(device.path("serial").asText()).isEqualTo("SN-1");
    assertThat(device.path("vouchers").asInt()).isEqualTo(1);
    assertThat(device.path("owner").path("domain_id").asText()).isEqualTo(domainId);

    assertThat(run("log", "--data", data(), "SN-1").out()).contains("proximity").contains(ask.nonce().orElseThrow().text());
    JsonNode log = json(run("log", "--data", data(), "--json", "SN-1").out());
    assertThat(log.path("events").get(0).path("domainID").asText()).isEqualTo(domainId);

    assertThat(run("release", "--data", data(), "SN-1").out()).contains("released SN-1");
    assertThat(run("release", "--data", data(), "SN-1").out()).contains("had no owner");
    assertThat(json(run("devices", "--data", data(), "--json").out()).get(0).path("owner").isNull()).isTrue();
    assertThat(run("log", "--data", data(), "SN-1").out()).as("the log stays").contains("proximity");
  }

  @Test
  void serveIsReadyOnceAndEndsWithZeroOnSigterm() throws Exception {
    assertThat(idevid("SN-1", folder.resolve("device")).code()).isZero();
    int named = MasaUri.of(PemFiles.readCertificates(folder.resolve("device/cert.pem")).get(0)).orElseThrow().port();
    Process serving = process("serve", "--data", data());
    try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("ready masa https://localhost:" + named);
      assertThat(idevid("SN-2", folder.resolve("second")).code()).as("while it serves").isZero();
      Run second = run("serve", "--data", data());
      assertThat(second.code()).isEqualTo(1);
      assertThat(second.err()).contains("error: ").contains("another MASA serves");
      serving.toHandle().destroy();
      assertThat(serving.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(serving.exitValue()).isZero();
      assertThat(out.readLine()).isNull();
    } finally {
      serving.destroyForcibly();
    }
  }

  /** The command line as a process of its own. */
  public static void main(String[] args) {
    Console console = new Console(System.out, System.err);
    System.exit(Cli.run(new MasaCommand(console), console, args));
  }

  private Process process(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
        "-cp", System.getProperty("java.class.path"), MasaCommandTest.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(folder.resolve("serve.log").toFile()).start();
  }

  private Ask ask(String device, Credential registrar) throws IOException {
    Path out = folder.resolve(device);
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(out.resolve("cert.pem")));
    chain.addAll(PemFiles.readCertificates(out.resolve("chain.pem")));
    return Ask.of(new Credential(PemFiles.readKey(out.resolve("key.pem")), chain), registrar);
  }

  private Run idevid(String serial, Path out) {
    return run("idevid", "--data", data(), "--serial", serial, "--out", out.toString());
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private static Run run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    int code = Cli.run(new MasaCommand(console), console, words);
    return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
