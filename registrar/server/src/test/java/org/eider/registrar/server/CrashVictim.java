package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eider.registrar.server.admin.RemoteAdministration;

/** One life of a registrar: a process of {@link CrashRegistrar}, as its starter sees it. */
final class CrashVictim implements AutoCloseable {
  private static final int PATIENCE_S = 120;
  private static final String END = "end";

  private final Process process;
  private final Path data;
  private final Path log;
  private final Writer commands;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private Optional<String> diedAt = Optional.empty();
  private Map<String, Integer> points = Map.of();
  private int httpsPort;
  private int adminPort;

  CrashVictim(List<String> command, Path data, Path log) throws IOException {
    this.data = data;
    this.log = log;
    this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    Thread reader = new Thread(this::read, "victim");
    reader.setDaemon(true);
    reader.start();
  }

  /** Waits until it accepts; false when it ended before. */
  boolean awaitReady() throws InterruptedException {
    Optional<String> line = next("ready ");
    line.ifPresent(text -> {
      httpsPort = Integer.parseInt(text.split(" ")[1]);
      adminPort = Integer.parseInt(text.split(" ")[2]);
    });
    return line.isPresent();
  }

  int httpsPort() {
    return httpsPort;
  }

  int adminPort() {
    return adminPort;
  }

  long pid() {
    return process.pid();
  }

  RemoteAdministration administration() throws IOException {
    return new RemoteAdministration(adminPort, Files.readString(data.resolve("admin.token")));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** From now on it dies at the n-th passing of {@code point}. */
  void arm(String point, int passings) throws IOException, InterruptedException {
    say("arm " + point + " " + passings);
    next("armed");
  }

  /** The points that it has passed, and how often. */
  Map<String, Integer> points() throws IOException, InterruptedException {
    say("points");
    next("points ");
    return points;
  }

  /** What it said last about points; it does so when it ends in peace. */
  Map<String, Integer> lastPoints() {
    return points;
  }

  /** SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // the process itself would close the pipes as well
  }

  /** Waits for its end, whoever brought it about; its exit code. */
  int awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as("it ends; see " + log).isTrue();
    next("nothing more");
    return process.exitValue();
  }

  /** The point at which it said it died; empty before {@link #awaitEnd} and when it died otherwise. */
  Optional<String> diedAt() {
    return diedAt;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** Tells it something, without waiting for a word. */
  void say(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  /** The next line that starts so; empty when it ended. */
  Optional<String> next(String start) throws InterruptedException {
    for (String line = lines.poll(PATIENCE_S, TimeUnit.SECONDS); line != null; line = lines.poll(PATIENCE_S, TimeUnit.SECONDS)) {
      if (line.startsWith("dies ")) {
        diedAt = Optional.of(line.substring("dies ".length()));
      } else if (line.equals(END)) {
        lines.add(END);
        return Optional.empty();
      } else if (line.startsWith("points ")) {
        points = parsed(line.substring("points ".length()));
      }
      if (line.startsWith(start)) {
        return Optional.of(line);
      }
    }
    throw new AssertionError("it neither said '" + start + "' nor ended; see " + log);
  }

  private static Map<String, Integer> parsed(String text) {
    Map<String, Integer> points = new TreeMap<>();
    for (String pair : text.split(" ")) {
      int equals = pair.indexOf('=');
      points.put(pair.substring(0, equals), Integer.valueOf(pair.substring(equals + 1)));
    }
    return points;
  }

  private void read() {
    try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException closed) {
      // It was killed while it spoke.
    } finally {
      lines.add(END);
    }
  }
}
