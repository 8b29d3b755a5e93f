package org.eider.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.pki.Credential;
import org.eider.pki.PemFiles;
import org.junit.jupiter.api.Assumptions;

/** Programs of others, and what they are given. */
public final class Tools {
  private Tools() {}

  /** Skips the test, saying so, on a machine without {@code program}; where the environment says {@code CI=true}, fails it. */
  public static void require(String program) {
    require(System.getenv(), program);
  }

  static void require(Map<String, String> environment, String program) {
    boolean present = List.of(environment.getOrDefault("PATH", "").split(java.io.File.pathSeparator)).stream()
        .anyMatch(folder -> java.nio.file.Files.isExecutable(Path.of(folder, program)));
    if (!present && environment.getOrDefault("CI", "").equals("true")) {
      throw new AssertionError(program + " is not installed, where CI=true says that no test may be skipped");
    }
    Assumptions.assumeTrue(present, program + " is not installed, so this is not tested here");
  }

  /** The file with a credential's chain in PEM, made in {@code folder}. */
  public static String certificates(Path folder, Credential credential) throws IOException {
    Path file = folder.resolve("chain.pem");
    PemFiles.writeCertificates(file, credential.chain());
    return file.toString();
  }

  /** The file with its key. */
  public static String key(Path folder, Credential credential) throws IOException {
    Path file = folder.resolve("key.pem");
    PemFiles.writeKey(file, credential.key());
    return file.toString();
  }

  /** One list behind the other. */
  public static List<String> join(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** Runs a program to its end, its input left open behind {@code input} unless that is empty; what it wrote to either stream. */
  public static String run(String input, List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    if (input.isEmpty()) {
      process.getOutputStream().close();
    }
    Thread guard = new Thread(() -> {
      try {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    guard.setDaemon(true);
    guard.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  /** Starts a program that runs on. */
  public static Running start(List<String> command) throws IOException {
    return new Running(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** A program that runs until it is closed. */
  public static final class Running implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Running(Process process) {
      this.process = process;
      Thread reader = new Thread(() -> {
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
          output.lines().forEach(lines::add);
        } catch (IOException | java.io.UncheckedIOException ended) {
          lines.add("ended");
        }
      });
      reader.setDaemon(true);
      reader.start();
    }

    /** The first group of the first line that has {@code pattern}. */
    public String awaitLine(Pattern pattern) throws InterruptedException {
      List<String> seen = new ArrayList<>();
      for (String line = lines.poll(20, TimeUnit.SECONDS); line != null; line = lines.poll(20, TimeUnit.SECONDS)) {
        seen.add(line);
        Matcher matcher = pattern.matcher(line);
        if (matcher.find()) {
          return matcher.group(1);
        }
      }
      throw new AssertionError("no " + pattern + " in " + seen);
    }

    /** Its process ID. */
    public long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
