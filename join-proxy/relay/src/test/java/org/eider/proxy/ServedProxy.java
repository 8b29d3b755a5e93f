package org.eider.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eider.cli.CommandFailure;

/** A join proxy as a process of its own, on the loopback interface. */
final class ServedProxy implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final Map<Mode, InetSocketAddress> ports = new HashMap<>();

  /**
   * Starts one.
   *
   * @param yaml settings beside those of listening
   * @param count how many join ports it is to have
   */
  ServedProxy(Path folder, String heap, String yaml, int count) throws IOException {
    this.folder = folder;
    Path config = Files.writeString(folder.resolve("config.yaml"), "listen: {interfaces: [lo], ipv4: true, announce: []}\n" + yaml);
    process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap, "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"), "org.eider.proxy.Main", "join-proxy", "serve", "--data",
        folder.resolve("data").toString(), "--config", config.toString()).redirectError(folder.resolve("log").toFile()).start();
    BufferedReader out = process.inputReader();
    while (ports.size() < count) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("no ready line: " + log());
      }
      note(line);
    }
  }

  private void note(String line) {
    int at = line.indexOf("://127.0.0.1:");
    if (at >= 0) {
      String[] words = line.substring(at + "://127.0.0.1:".length()).split(" ");
      Mode mode = words.length == 1 ? Mode.CIRCUIT : Mode.of(words[1]).orElseThrow();
      ports.put(mode, new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words[0])));
    }
  }

  InetSocketAddress port(Mode mode) {
    return ports.get(mode);
  }

  JsonNode status() throws CommandFailure {
    return StatusDoor.ask(folder.resolve("data").resolve("status.sock"));
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
