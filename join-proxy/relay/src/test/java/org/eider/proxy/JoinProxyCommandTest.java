package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinProxyCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir
  private Path folder;

  private int run(String... words) {
    return Main.run(words, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "join-proxy | which command",
      "join-proxy serve | --data",
      "join-proxy serve --data d | no interface to listen on",
      "join-proxy serve --data d --listen-interface lo | no registrar",
      "join-proxy serve --data d --listen-interface lo --registrar ftp://r | none of https://H:P",
      "join-proxy serve --data d --listen-interface lo --registrar jpy://r | no port",
      "join-proxy serve --data d --listen-interface lo --registrar https://r --mode tunnel | none of circuit, stateful, stateless",
      "join-proxy serve --data d --listen-interface lo --registrar https://r --mode stateful | none of the registrars",
      "join-proxy serve --data d --listen-interface lo --discover dns | none of grasp, mdns, coap",
      "join-proxy serve --data d --listen-interface lo --discover mdns | --domain-interface",
      "join-proxy serve --data d --listen-interface lo --registrar https://r --bootstrap | idevid",
      "join-proxy serve --data d --listen-interface lo --registrar https://r --announce radio | radio",
      "join-proxy config | which command",
      "wish | ",
  })
  void saysWhatIsWrongWithTheCommandLine(String words, String complaint) {
    assertThat(run(words.split(" "))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("error: ").contains("hint: ").contains(complaint == null ? "" : complaint);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(Path.of("d")).doesNotExist();
  }

  @Test
  void saysThatNoneRuns() {
    assertThat(run("join-proxy", "status", "--data", folder.toString())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no join proxy answers");
  }

  @Test
  void checksConfigurations() throws Exception {
    Path good = Files.writeString(folder.resolve("good.yaml"), "listen: {interfaces: [eth0]}\nregistrars: ['https://r']\n");
    assertThat(run("join-proxy", "config", "check", good.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("is a good configuration");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "listen: {interfaces: [eth0]}\n\nregistrar: 'https://r'\n");
    assertThat(run("join-proxy", "config", "check", bad.toString())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("bad.yaml:3: registrar: unknown key");
  }

  @Test
  void explainsItself() {
    assertThat(run("--help")).isZero();
    assertThat(run("join-proxy", "serve", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("join-proxy").contains("grasp").contains("--listen-interface");
  }
}
