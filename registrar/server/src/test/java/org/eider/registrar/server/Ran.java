package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eider.cli.Cli;
import org.eider.cli.Console;

/** What a command of the registrar did, run in this process. */
record Ran(int exit, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A command. */
  static Ran of(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = Cli.run(RegistrarCommand.line(console, words), console, words);
    return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A command with --data of that folder. */
  static Ran on(Path data, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", data.toString()));
    return of(all.toArray(String[]::new));
  }

  /** This, which went well. */
  Ran ok() {
    assertThat(exit).as(err).isZero();
    assertThat(err).isEmpty();
    return this;
  }

  /** This, which could not be done, with a hint. */
  Ran failed() {
    assertThat(exit).as(out).isEqualTo(1);
    assertThat(err).startsWith("error: ").contains("\nhint: ").doesNotContain("Exception");
    return this;
  }

  /** The JSON that it printed. */
  JsonNode json() throws IOException {
    return JSON.readTree(ok().out);
  }
}
