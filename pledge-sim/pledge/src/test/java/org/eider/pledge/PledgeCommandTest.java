package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import org.eider.est.http.HttpResponse;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PledgeCommandTest {
  @TempDir private Path folder;
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void writeIdevid() throws IOException {
    DeviceIdentity device = registrar.device("SN-1");
    Files.createDirectories(folder.resolve("idevid"));
    PemFiles.writeKey(folder.resolve("idevid/key.pem"), device.idevid().key());
    PemFiles.writeCertificates(folder.resolve("idevid/cert.pem"), List.of(device.idevid().certificate()));
    PemFiles.writeCertificates(folder.resolve("idevid/chain.pem"), device.masaAnchors());
    PemFiles.writeCertificates(folder.resolve("idevid/anchors.pem"), device.masaAnchors());
  }

  @AfterEach
  void stop() {
    registrar.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void onboardPrintsOneObjectAndWritesTheFolder(String tls) throws IOException {
    assertThat(onboard("--tls", tls, "--json")).as(err.toString(StandardCharsets.UTF_8)).isZero();

    JsonNode object = json();
    assertThat(object.fieldNames()).toIterable().containsExactly("ok", "serial", "assertion", "ldevid_subject", "refused", "steps");
    assertThat(object.get("ok").asBoolean()).isTrue();
    assertThat(object.get("serial").asText()).isEqualTo("SN-1");
    assertThat(object.get("assertion").asText()).isEqualTo("proximity");
    assertThat(object.get("ldevid_subject").asText()).isEqualTo("serialNumber=SN-1");
    assertThat(object.get("refused").isNull()).isTrue();
    assertThat(object.get("steps")).allSatisfy(step -> {
      assertThat(step.fieldNames()).toIterable().containsExactly("name", "status", "ms");
      assertThat(step.get("status").asText()).isEqualTo("ok");
      assertThat(step.get("ms").isIntegralNumber()).isTrue();
    });
    assertThat(err.size()).isZero();
    for (String file : List.of("voucher.vcj", "key.pem", "ldevid.pem", "chain.pem")) {
      assertThat(folder.resolve("out").resolve(file)).exists();
    }
    assertThat(registrar.seen.get(0).session().binding().orElseThrow().kind().name()).isEqualTo(tls.equals("1.2") ? "TLS_UNIQUE" : "TLS_EXPORTER");
  }

  @Test
  void withoutJsonEachStepHasALine() {
    assertThat(onboard()).isZero();
    assertThat(text()).contains("asking https://localhost:").containsPattern("requestvoucher +ok +\\d+ ms").containsPattern("enrollstatus +ok")
        .containsPattern("SN-1 is serialNumber=SN-1, voucher assertion proximity, kept in ");
  }

  @Test
  void aRefusalPrintsObjectErrorAndHintAndWritesNothing() throws IOException {
    registrar.answering(VOUCHER, HttpResponse.text(403, "not ours"));
    assertThat(onboard("--json")).isEqualTo(Cli.FAILED);

    assertThat(json().get("ok").asBoolean()).isFalse();
    assertThat(json().get("refused").asText()).isEqualTo("REGISTRAR_REFUSED: requestvoucher answered 403: not ours");
    assertThat(json().get("ldevid_subject").isNull()).isTrue();
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(2).satisfiesExactly(
        line -> assertThat(line).startsWith("error: REGISTRAR_REFUSED: "), line -> assertThat(line).startsWith("hint: "));
    assertThat(folder.resolve("out")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("idevid");
    }
  }

  @Test
  void anOnboardedFolderIsReplacedOnlyByForce() throws IOException {
    assertThat(onboard()).isZero();
    byte[] before = Files.readAllBytes(folder.resolve("out/ldevid.pem"));
    registrar.seen.clear();

    assertThat(onboard()).isEqualTo(Cli.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("holds a device already").contains("hint: ").contains("--force");
    assertThat(registrar.seen).as("asked before anything is sent").isEmpty();
    assertThat(Files.readAllBytes(folder.resolve("out/ldevid.pem"))).isEqualTo(before);

    assertThat(onboard("--force")).isZero();
    assertThat(Files.readAllBytes(folder.resolve("out/ldevid.pem"))).isNotEqualTo(before);
  }

  @Test
  void theIdevidItselfIsNotOverwritten() {
    assertThat(run("onboard", "--registrar", registrar.address().toString(), "--idevid", path("idevid"), "--out", path("idevid")))
        .isEqualTo(Cli.FAILED);
    assertThat(registrar.seen).isEmpty();
  }

  @Test
  void aKeyThatOthersMayReadIsNotUsed() throws IOException {
    Files.setPosixFilePermissions(folder.resolve("idevid/key.pem"), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(onboard()).isEqualTo(Cli.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("others than its owner").contains("hint: chmod 600 " + folder.resolve("idevid/key.pem"));
    assertThat(registrar.seen).isEmpty();
  }

  @Test
  void anIdevidThatIsNotThereIsAnErrorWithAnObject() throws IOException {
    assertThat(run("onboard", "--registrar", registrar.address().toString(), "--idevid", path("nowhere"), "--out", path("out"), "--json"))
        .isEqualTo(Cli.FAILED);
    assertThat(json().get("ok").asBoolean()).isFalse();
    assertThat(json().get("serial").isNull()).isTrue();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("error: cannot read the IDevID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--registrar http://localhost:1", "--registrar localhost:1", "--registrar https://localhost:1/path", "--tls 1.1",
    "--key dsa", "--attempts 0", "--patience long", "--mischief kindness", "--unknown"})
  void whatIsCalledWronglyEndsWithTwo(String words) {
    String[] more = words.split(" ");
    String[] args = words.startsWith("--registrar")
        ? new String[] {"onboard", more[0], more[1], "--idevid", path("idevid"), "--out", path("out")}
        : java.util.stream.Stream.concat(java.util.stream.Stream.of("onboard", "--registrar", "https://localhost:1", "--idevid", path("idevid"),
            "--out", path("out")), java.util.Arrays.stream(more)).toArray(String[]::new);
    assertThat(run(args)).isEqualTo(Cli.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("error: ").contains("hint: ");
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "onboard", "reenroll", "onboard --registrar https://localhost:1"})
  void missingWordsEndWithTwo(String words) {
    assertThat(run(words.isEmpty() ? new String[0] : words.split(" "))).isEqualTo(Cli.USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "--discover auto", "--interface lo --registrar https://localhost:1", "--discover psychic --interface lo", "--discover grasp --interface lo --prefer udp",
      "--discover coap --interface lo --mischief two-signers", "--discover grasp --interface lo --discovery-time x"})
  void searchesThatMakeNoSenseEndWithTwo(String words) {
    assertThat(run(("onboard --idevid " + path("idevid") + " --out " + path("out") + " " + words).split(" "))).isEqualTo(Cli.USAGE);
  }

  @Test
  void searchOnAnInterfaceThatIsNotThereSaysSo() {
    assertThat(run("onboard", "--idevid", path("idevid"), "--out", path("out"), "--discover", "auto", "--interface", "no-such-if")).isEqualTo(Cli.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("error: cannot look for join proxies: ", "no-such-if", "hint: ");
  }

  @Test
  void helpIsAResult() {
    assertThat(run("onboard", "--help")).isZero();
    assertThat(text()).contains("--registrar", "--discover", "--interface", "--prefer", "--discovery-time", "--idevid", "--out", "--tls", "--json", "--mischief");
  }

  @Test
  void reenrollRenewsInPlaceOrElsewhere() throws IOException {
    assertThat(onboard("--key", "ed25519")).isZero();
    String key = Files.readString(folder.resolve("out/key.pem"));
    String certificate = Files.readString(folder.resolve("out/ldevid.pem"));

    assertThat(reenroll("out", "out")).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(Files.readString(folder.resolve("out/key.pem"))).isEqualTo(key);
    assertThat(Files.readString(folder.resolve("out/ldevid.pem"))).isNotEqualTo(certificate);
    assertThat(folder.resolve("out/voucher.vcj")).exists();

    out.reset();
    assertThat(reenroll("out", "renewed", "--new-key", "--json")).isZero();
    assertThat(Files.readString(folder.resolve("renewed/key.pem"))).isNotEqualTo(key);
    assertThat(json().get("ok").asBoolean()).isTrue();
    assertThat(json().get("serial").asText()).isEqualTo("SN-1");
    assertThat(KeyType.of(PledgeFolder.belongings(folder.resolve("renewed")).ldevid().certificate().getPublicKey())).contains(KeyType.ED25519);
  }

  @Test
  void reenrollThatIsRefusedLeavesTheFolderAsItWas() throws IOException {
    assertThat(onboard()).isZero();
    byte[] before = Files.readAllBytes(folder.resolve("out/ldevid.pem"));
    registrar.answering(ScriptedRegistrar.REENROLL, HttpResponse.text(403, "no"));

    assertThat(reenroll("out", "out", "--new-key")).isEqualTo(Cli.FAILED);
    assertThat(Files.readAllBytes(folder.resolve("out/ldevid.pem"))).isEqualTo(before);
  }

  private int onboard(String... more) {
    List<String> args = new java.util.ArrayList<>(List.of("onboard", "--registrar", "https://localhost:" + registrar.port(), "--idevid",
        path("idevid"), "--out", path("out")));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private int reenroll(String from, String to, String... more) {
    List<String> args = new java.util.ArrayList<>(
        List.of("reenroll", "--registrar", "https://localhost:" + registrar.port(), "--ldevid", path(from), "--out", path(to)));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return Cli.run(new PledgeCommand(console, new FakeTime().time()), console, args);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toByteArray());
  }
}
