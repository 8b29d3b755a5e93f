package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registrar with {@code crypto: accp}, in a process of its own, and everybody else with Bouncy Castle, in this one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccpTest {
  @TempDir static Path folder;

  private final ScriptedMasa masa;
  private final TestPki maker;
  private Process process;
  private int port;

  AccpTest() throws IOException {
    masa = new ScriptedMasa();
    maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
  }

  @BeforeAll
  void start() throws Exception {
    Path data = folder.resolve("data");
    process = java(List.of(), AccpRegistrar.class, "accp", data.toString());
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String said = Optional.ofNullable(out.readLine()).orElse("nothing");
    assumeThat(said).as("crypto accp loads on this machine").doesNotStartWith("error: the registrar does not start: crypto accp does not load");
    assertThat(said).matches("ready [0-9]+ [0-9]+ 0");
    port = Integer.parseInt(said.split(" ")[1]);
    new RemoteAdministration(Integer.parseInt(said.split(" ")[2]), Files.readString(data.resolve("admin.token")))
        .put(TestSite.manufacturer(maker, masa, Manufacturer.Admission.AUTO));
  }

  @AfterAll
  void stop() throws Exception {
    masa.close();
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"TLSv1.2, P256", "TLSv1.2, P384", "TLSv1.2, RSA2048", "TLSv1.3, P256", "TLSv1.3, P384", "TLSv1.3, RSA2048", "TLSv1.3, ED25519"})
  void aDeviceGoesFromNothingToOperational(String protocol, KeyType type) throws Exception {
    String serial = "SN-" + protocol + "-" + type.label();
    TestPledge pledge = new TestPledge(serial, maker.idevid(serial, type), port);
    KeyPair key = TestPki.key(type);
    Credential ldevid;
    try (TestPledge.Line line = pledge.connect(Optional.of(pledge.idevid()), protocol)) {
      assertThat(line.connection().protocol()).isEqualTo(protocol);
      TestPledge.expect(200, pledge.requestVoucher(line));
      TestPledge.expect(200, line.report("voucher_status", StatusReport.success()));
      ldevid = new Credential(key.getPrivate(), List.of(TestPledge.issued(TestPledge.expect(200, pledge.enrol(line, "simpleenroll", key)))));
    }
    try (TestPledge.Line line = pledge.connect(Optional.of(ldevid), protocol)) {
      TestPledge.expect(200, line.report("enrollstatus", StatusReport.success()));
      TestPledge.expect(200, TestPledge.renew(line, ldevid.certificate(), key));
    }
  }

  @ParameterizedTest
  @CsvSource({"P256", "P384", "RSA2048"})
  void signaturesThatDoNotVerifyAreRefused(KeyType type) throws Exception {
    String serial = "SN-BAD-" + type.label();
    TestPledge pledge = new TestPledge(serial, maker.idevid(serial, type), port);
    try (TestPledge.Line line = pledge.connect()) {
      Octets request = pledge.sealed(pledge.request(line).build());
      assertThat(line.requestVoucher(changedAtItsEnd(request)).status()).isEqualTo(403);
      TestPledge.expect(200, line.requestVoucher(request));
      TestPledge.expect(200, line.report("voucher_status", StatusReport.success()));
      Octets csr = Csr.create(new X500Name("CN=whatever"), TestPki.key(type), Optional.empty(), List.of());
      assertThat(line.enrol("simpleenroll", changedAtItsEnd(csr)).status()).isEqualTo(400);
      TestPledge.expect(200, line.enrol("simpleenroll", csr));
    }
  }

  @Test
  void itsLogSaysWhoComputes() throws Exception {
    assertThat(Files.readString(folder.resolve("accp.err"))).containsPattern("crypto AmazonCorrettoCryptoProvider [0-9.]+ with BC [0-9.]+");
  }

  @Test
  void withoutItsJarTheRegistrarDoesNotStart() throws Exception {
    String classPath = Arrays.stream(classPath().split(java.io.File.pathSeparator)).filter(entry -> !entry.contains("AmazonCorretto"))
        .collect(Collectors.joining(java.io.File.pathSeparator));
    assertThat(refusal("jarless", List.of(), classPath)).contains("error: the registrar does not start: crypto accp is not on the class path")
        .contains("hint: it needs Linux with glibc on x86_64 or aarch64");
  }

  @Test
  void whereItsNativeCodeDoesNotLoadTheRegistrarDoesNotStart() throws Exception {
    Path noFolder = Files.createFile(folder.resolve("no-folder"));
    assertThat(refusal("nowhere", List.of("-Dcom.amazon.corretto.crypto.provider.tmpdir=" + noFolder), classPath()))
        .contains("error: the registrar does not start: crypto accp does not load on ").contains("hint: it needs Linux with glibc");
  }

  private static String refusal(String name, List<String> options, String classPath) throws Exception {
    Path data = folder.resolve(name);
    List<String> more = new ArrayList<>(options);
    more.addAll(List.of("-cp", classPath));
    Process refused = java(more, RegistrarMain.class, name, "serve", "--data", data.toString(), "--https-port", "0", "--crypto", "accp");
    boolean ended = refused.waitFor(90, TimeUnit.SECONDS);
    refused.destroyForcibly();
    assertThat(ended).as("it ends by itself").isTrue();
    assertThat(refused.exitValue()).isEqualTo(1);
    assertThat(data.resolve("ca")).doesNotExist();
    return Files.readString(folder.resolve(name + ".err"));
  }

  private static Process java(List<String> options, Class<?> main, String name, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath()));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(folder.resolve(name + ".err").toFile()).start();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static Octets changedAtItsEnd(Octets der) {
    byte[] octets = der.toArray();
    octets[octets.length - 1] ^= 1;
    return Octets.of(octets);
  }
}
