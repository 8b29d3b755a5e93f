package org.eider.site;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;

/** A relay of others to compare with: HAProxy for TCP, socat for UDP. */
final class ForeignRelay implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long POLL_MILLIS = 20;

  private final Process process;
  private final InetSocketAddress address;

  private ForeignRelay(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Whether a program is there. */
  static boolean has(String program) {
    return path(program).length > 0;
  }

  /** HAProxy in TCP mode with two threads, as Debian has it. */
  static ForeignRelay haproxy(Path folder, InetSocketAddress target) throws IOException, CommandFailure, InterruptedException {
    int port = freePort();
    Path config = Files.writeString(folder.resolve("haproxy.cfg"), String.join("\n",
        "global", "  nbthread 2", "  maxconn 8000", "defaults", "  mode tcp", "  timeout connect 5s", "  timeout client 60s", "  timeout server 60s",
        "listen relay", "  bind ::1:" + port, "  server peer [::1]:" + target.getPort(), ""));
    ForeignRelay relay = start(folder, port, List.of(path("haproxy")[0], "-db", "-f", config.toString()));
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!relay.accepts()) {
      if (!relay.process.isAlive() || System.nanoTime() > end) {
        relay.close();
        throw new CommandFailure("HAProxy does not start: " + Files.readString(folder.resolve("relay.log")).strip());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return relay;
  }

  /** socat with a process for each flow. */
  static ForeignRelay socat(Path folder, InetSocketAddress target) throws IOException {
    int port = freePort();
    return start(folder, port, List.of(path("socat")[0], "-T5", "UDP6-LISTEN:" + port + ",bind=[::1],fork,reuseaddr", "UDP6:[::1]:" + target.getPort()));
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly(); // it has nothing to finish
  }

  private boolean accepts() {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static ForeignRelay start(Path folder, int port, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("relay.log").toFile())).start();
    return new ForeignRelay(process, new InetSocketAddress(InetAddress.getByName("::1"), port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return socket.getLocalPort();
    }
  }

  /** Also where servers are that only root has on its path. */
  private static String[] path(String program) {
    return Arrays.stream((System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":"))
        .map(folder -> Path.of(folder, program)).filter(Files::isExecutable).map(Path::toString).toArray(String[]::new);
  }
}
