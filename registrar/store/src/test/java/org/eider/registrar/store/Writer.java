package org.eider.registrar.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.wire.Octets;

/**
 * A process of its own that records one device after the other and sends each number as soon as it is recorded; it goes on until it
 * is killed. The numbers come by a socket, because what is left in the pipe of a killed process is not always to be had.
 */
final class Writer implements AutoCloseable {
  private static final int PATIENCE_MS = 60_000;

  private final Process process;
  private final Socket socket;
  private final BufferedReader lines;

  private Writer(Process process, Socket socket) throws IOException {
    this.process = process;
    this.socket = socket;
    this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  static Writer start(Path data, int first) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(PATIENCE_MS);
      Process process = new ProcessBuilder(
          List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
              "-cp", System.getProperty("java.class.path"), Writer.class.getName(), data.toString(), Integer.toString(first),
              Integer.toString(server.getLocalPort())))
          .inheritIO()
          .start();
      try {
        return new Writer(process, server.accept());
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    }
  }

  /** Waits until one more is recorded and returns its number; empty when it sent no more. */
  Optional<Integer> next() throws IOException {
    return Optional.ofNullable(lines.readLine()).map(Integer::valueOf);
  }

  /** SIGKILL; what it has sent can still be read. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() throws IOException {
    kill();
    socket.close();
  }

  static DeviceId device(int number) {
    return new DeviceId("acme", "SN-" + number % 7);
  }

  static List<Fact> facts(int number) {
    return List.of(
        Facts.note(device(number), Facts.NOW, Integer.toString(number)),
        Facts.exchange(device(number), Facts.NOW, Integer.toString(number)));
  }

  /** With which the log is saved every sixteen numbers. */
  private static List<Fact> large(int number) {
    List<Fact> all = new ArrayList<>(facts(number));
    all.add(new Fact.AuditLogReceived(device(number), Facts.NOW, Optional.of(Octets.of(new byte[1 << 18])), Optional.empty()));
    return all;
  }

  static IssuedCertificate certificate(int number) {
    return new IssuedCertificate(BigInteger.valueOf(number), Octets.utf8("certificate"), IssuedCertificate.Purpose.LDEVID, Facts.NOW,
        Facts.NOW, Optional.of(device(number)));
  }

  public static void main(String[] args) throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(Path.of(args[0])));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2]))) {
      for (int number = Integer.parseInt(args[1]); ; number++) {
        store.devices().append(large(number));
        store.certificates().record(certificate(number));
        socket.getOutputStream().write((number + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
