package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.est.http.HttpResponse;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registrar as a process of its own. */
class ServeCommandTest {
  @TempDir private Path folder;

  @Test
  void itSaysWhenItIsReadyAnswersAndEndsWithZeroOnSigterm() throws Exception {
    Process process = start("serve", "--data", folder.resolve("data").toString(), "--https-port", "0", "--host", "127.0.0.1");
    try {
      String ready = ready(process);
      assertThat(ready).matches("ready registrar https://localhost:[0-9]+\n");
      int port = Integer.parseInt(ready.strip().replaceAll(".*:", ""));
      TestPledge anyone = new TestPledge("SN-1", TestPki.manufacturer("Nobody", "").idevid("SN-1"), port);
      try (TestPledge.Line line = anyone.connect()) {
        HttpResponse answer = line.get("/.well-known/est/cacerts");
        assertThat(answer.status()).isEqualTo(200);
      }
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    String log = Files.readString(folder.resolve("err"));
    assertThat(log).contains("Eider registrar ").contains("root CA ").contains("sha256=").contains("no manufacturer is configured")
        .contains("the registrar has stopped").doesNotContain("Exception");
    assertThat(log.lines()).noneMatch(line -> line.endsWith(" "))
        .filteredOn(line -> line.contains(" exchange method=GET path=/.well-known/est/cacerts status=200 ms=")).hasSize(1);
    assertThat(Files.readString(folder.resolve("out")).lines()).hasSize(1);
    assertThat(folder.resolve("data").resolve("admin.port")).doesNotExist();
  }

  @Test
  void thereIsAReadyLineForEachPort() throws Exception {
    Process process = start("serve", "--data", folder.resolve("data").toString(), "--https-port", "0", "--coaps-port", "0", "--jpy-port", "0",
        "--host", "127.0.0.1");
    try {
      await().atMost(Duration.ofSeconds(90)).until(() -> Files.readAllLines(folder.resolve("out")).size() == 3 || !process.isAlive());
      assertThat(ready(process)).matches("ready registrar https://localhost:[0-9]+\nready registrar coaps://localhost:[0-9]+\n"
          + "ready registrar jpy://localhost:[0-9]+\n");
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(folder.resolve("err"))).containsPattern("listening https=127.0.0.1:[0-9]+ coaps=127.0.0.1:[0-9]+ jpy=127.0.0.1:[0-9]+ ");
  }

  @Test
  void whatIsAnnouncedNeedsAMethodAndAnInterface() {
    Path data = folder.resolve("data");
    assertThat(Ran.on(data, "serve", "--announce", "grasp,pigeon", "--interface", "lo")).satisfies(ran -> {
      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains("--announce takes grasp, mdns and coap, not \"pigeon\"");
    });
    assertThat(Ran.on(data, "serve", "--announce", "mdns").err()).contains("--announce mdns needs an --interface");
    assertThat(Ran.on(data, "serve", "--interface", "lo").err()).contains("--interface goes with --announce");
    assertThat(Ran.on(data, "serve", "--announce", "coap", "--interface", "lo").err())
        .contains("announce.coap tells of coaps and of coaps.jpy, and neither is enabled");
  }

  @Test
  void itsLogIsOneJsonObjectALineWhenAskedFor() throws Exception {
    Process process = start("serve", "--data", folder.resolve("data").toString(), "--https-port", "0", "--log-format", "json");
    try {
      int port = Integer.parseInt(ready(process).strip().replaceAll(".*:", ""));
      try (TestPledge.Line line = new TestPledge("SN-1", TestPki.manufacturer("Nobody", "").idevid("SN-1"), port).connect()) {
        assertThat(line.get("/nowhere?\"").status()).isEqualTo(404);
      }
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("err"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines).allMatch(JsonNode::isObject).filteredOn(line -> line.path("formattedMessage").asText().equals("exchange"))
        .singleElement().asString().contains("\"path\":\"/nowhere\"", "\"reason\":\"NO_SUCH_RESOURCE\"", "\"session\":");
  }

  @Test
  void noSecretStandsInItsLogOrAmongItsWords() throws Exception {
    Path data = folder.resolve("data");
    Path config = Files.writeString(folder.resolve("registrar.yaml"), "log:\n  level: debug\n");
    Process process = start("serve", "--data", data.toString(), "--https-port", "0", "--config", config.toString());
    List<String> secrets = new ArrayList<>();
    try {
      ready(process);
      secrets.add(Files.readString(data.resolve("admin.token")).strip());
      for (String key : List.of("ca/root.key.pem", "ca/issuing.key.pem", "ca/registrar.key.pem", "journal.key.pem")) {
        Files.readAllLines(data.resolve(key)).stream()
            .filter(line -> !line.startsWith("-----") && line.length() > 20).forEach(secrets::add);
      }
      assertThat(Ran.on(data, "manufacturer", "list").ok().out()).doesNotContain(secrets);
      assertThat(process.info().commandLine().orElse("")).doesNotContain(secrets);
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(secrets.size()).isGreaterThan(8);
    assertThat(Files.readString(folder.resolve("err"))).contains("path=/admin/").doesNotContain(secrets);
  }

  @Test
  void itEndsWithOneAndNothingOnStandardOutputWhenItCannotStart() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Process process = start("serve", "--data", file.toString(), "--https-port", "0");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("out"))).isEmpty();
    assertThat(Files.readString(folder.resolve("err"))).contains("error: cannot use the data folder").contains("hint: ");
  }

  private Process start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), RegistrarMain.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile()).start();
  }

  private String ready(Process process) throws IOException {
    await().atMost(Duration.ofSeconds(90)).until(() -> Files.readString(folder.resolve("out")).endsWith("\n") || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(folder.resolve("err"))).isTrue();
    return Files.readString(folder.resolve("out"));
  }
}
