package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.eider.discovery.Service;
import org.eider.testkit.Opened;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Circuits to registrars that do not even refuse a connection. */
@Timeout(60)
class UnansweredConnectTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final List<Path> SOCKETS = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String SYN_SENT = "02";

  @AutoClose
  private final Opened open = new Opened();
  private final Tally tally = new Tally(System::nanoTime, Duration.ofMinutes(1).toNanos());
  private final Registrars registrars = new Registrars(System::nanoTime, new Random(1), address -> false);
  private Transport transport;

  @BeforeEach
  void start() {
    transport = open.keep(Transport.start(1));
  }

  private InetSocketAddress proxy(CircuitConfig limits, InetSocketAddress... towards) throws IOException {
    registrars.configure(Stream.of(towards).map(address -> RegistrarUri.parse("https://" + Place.text(address))).toList(),
        uri -> List.of(new InetSocketAddress(uri.host(), uri.port())));
    Circuits circuits = open.keep(new Circuits(transport, limits, registrars, tally, System::nanoTime));
    return open.keep(circuits.listen("lo", new InetSocketAddress(LOOPBACK, 0))).address();
  }

  /** A socket with as many unaccepted connections as it takes: those who ask for more get no answer. */
  private InetSocketAddress fullUp() throws IOException {
    Assumptions.assumeTrue(SOCKETS.stream().allMatch(Files::isReadable), "skipped: only Linux tells of sockets here, and leaves them without answer");
    InetSocketAddress address = (InetSocketAddress) open.keep(new ServerSocket(0, 1, LOOPBACK)).getLocalSocketAddress();
    try {
      while (true) {
        open.keep(new Socket()).connect(address, 2000); // at once, as long as there is room
      }
    } catch (SocketTimeoutException full) {
      return address;
    }
  }

  private Socket pledge(InetSocketAddress proxy) throws IOException {
    Socket socket = open.keep(new Socket(LOOPBACK, proxy.getPort()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** How many sockets of this machine wait for an answer from there. */
  private static long waiting(InetSocketAddress registrar) throws IOException {
    String port = String.format(Locale.ROOT, ":%04X", registrar.getPort());
    long count = 0;
    for (Path table : SOCKETS) {
      count += Files.readAllLines(table).stream().map(line -> line.strip().split(" +"))
          .filter(socket -> socket[2].endsWith(port) && socket[3].equals(SYN_SENT)).count();
    }
    return count;
  }

  /** Otherwise a flood of pledges would have ever more sockets, whatever the limits of circuits are. */
  @Test
  void whoHasToMakeRoomTakesItsConnectionAlong() throws Exception {
    InetSocketAddress silent = fullUp();
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 1, 10, 100, 100, Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(2),
        Duration.ofHours(1)), silent);
    pledge(proxy);
    await().atMost(LONG).until(() -> waiting(silent) == 1);
    pledge(proxy);
    await().atMost(LONG).until(() -> tally.count(Refusal.NEVER_SPOKE) == 1);
    pledge(proxy);
    await().atMost(LONG).until(() -> tally.count(Refusal.NEVER_SPOKE) == 2);
    await().atMost(LONG).until(() -> waiting(silent) == 1);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).as("nothing is held against the registrar").isTrue();
  }

  @Test
  void theTimeToSpeakBeginsWhenSomebodyListens() throws Exception {
    ServerSocket registrar = open.keep(new ServerSocket(0, 50, LOOPBACK));
    registrar.setSoTimeout(20_000);
    InetSocketAddress last = (InetSocketAddress) registrar.getLocalSocketAddress();
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 10, 10, 100, 100, Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofMinutes(1),
        Duration.ofHours(1)), fullUp(), fullUp(), last);
    registrars.failed(Service.REGISTRAR_TLS, last, LONG.toNanos());
    Socket pledge = pledge(proxy);
    pledge.getOutputStream().write(7);
    assertThat(open.keep(registrar.accept()).getInputStream().read()).isEqualTo(7);
    assertThat(tally.count(Refusal.NEVER_SPOKE)).isZero();
  }
}
