package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.eider.discovery.Service;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CircuitsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Tally tally = new Tally(System::nanoTime, Duration.ofMinutes(1).toNanos());
  private final Registrars registrars = new Registrars(System::nanoTime, new Random(1), address -> false);
  private Transport transport;
  private ServerSocket registrar;

  @BeforeEach
  void start() throws IOException {
    transport = keep(Transport.start(2));
    registrar = keep(new ServerSocket(0, 50, LOOPBACK));
  }

  @AfterEach
  void stop() throws Exception {
    for (int at = open.size() - 1; at >= 0; at--) {
      open.get(at).close();
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  private static CircuitConfig limits() {
    return CircuitConfig.standard();
  }

  private InetSocketAddress proxy(CircuitConfig limits, InetSocketAddress... towards) throws IOException {
    return proxy("lo", limits, towards);
  }

  private InetSocketAddress proxy(String interfaceName, CircuitConfig limits, InetSocketAddress... towards) throws IOException {
    registrars.configure(Arrays.stream(towards).map(CircuitsTest::uri).toList(),
        uri -> List.of(new InetSocketAddress(uri.host(), uri.port())));
    Circuits circuits = keep(new Circuits(transport, limits, registrars, tally, System::nanoTime));
    return keep(circuits.listen(interfaceName, new InetSocketAddress(LOOPBACK, 0))).address();
  }

  private static RegistrarUri uri(InetSocketAddress address) {
    return RegistrarUri.parse("https://" + Place.text(address));
  }

  private InetSocketAddress proxy() throws IOException {
    return proxy(limits(), at(registrar));
  }

  private static InetSocketAddress at(ServerSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private Socket pledge(InetSocketAddress proxy) throws IOException {
    Socket socket = keep(new Socket());
    socket.connect(proxy);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private Socket accepted() throws IOException {
    Socket socket = keep(registrar.accept());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] random(int length) {
    byte[] octets = new byte[length];
    new Random(length).nextBytes(octets);
    return octets;
  }

  private static boolean isReset(Socket socket) throws IOException {
    try {
      socket.getInputStream().read();
      return false; // it was told something, or ended in order
    } catch (SocketException reset) {
      return true;
    }
  }

  private static byte[] read(Socket from, int count) throws IOException {
    return from.getInputStream().readNBytes(count);
  }

  @RepeatedTest(20)
  void whatAPledgeSaysArrivesAndNothingElse() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    byte[] said = random(16_405);
    pledge.getOutputStream().write(said);
    pledge.shutdownOutput();
    assertThat(far.getInputStream().readAllBytes()).isEqualTo(said);
  }

  @Test
  void refusesWhoeverIsNotOnTheLink() throws IOException {
    InetSocketAddress proxy = proxy("no-such-interface", limits(), at(registrar)); // of which the network is not known
    Socket stranger = keep(new Socket());
    stranger.bind(new InetSocketAddress("127.0.0.2", 0));
    stranger.connect(proxy);
    stranger.setSoTimeout(20_000);
    assertThat(isReset(stranger)).isTrue();
    assertThat(tally.count(Refusal.OFF_LINK)).isEqualTo(1);
    assertThat(tally.count(Tally.Relayed.CIRCUITS)).isZero();
  }

  @Test
  void whatTheRegistrarAnswersAfterAnEarlyHalfCloseArrives() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    pledge.getOutputStream().write(7);
    pledge.shutdownOutput();
    assertThat(far.getInputStream().readAllBytes()).containsExactly(7);
    byte[] answer = random(300_000);
    CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> all(pledge));
    far.getOutputStream().write(answer);
    far.close();
    assertThat(heard.join()).isEqualTo(answer);
    await().until(() -> tally.count(Tally.Relayed.CIRCUIT_OCTETS_DOWN) == 300_000);
  }

  @Test
  void theRegistrarMayEndItsHalfFirst() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    far.shutdownOutput();
    assertThat(pledge.getInputStream().read()).isEqualTo(-1);
    pledge.getOutputStream().write(random(1000));
    pledge.close();
    assertThat(far.getInputStream().readAllBytes()).isEqualTo(random(1000));
  }

  private static byte[] all(Socket socket) {
    try (InputStream in = socket.getInputStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void muchIsEchoedOctetForOctetAcrossAHalfClose() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    byte[] much = random(20_000_000);
    CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> {
      try {
        far.getInputStream().transferTo(far.getOutputStream());
        far.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> all(pledge));
    pledge.getOutputStream().write(much);
    pledge.shutdownOutput();
    assertThat(heard.join()).isEqualTo(much);
    echo.join();
  }

  @Test
  void aRegistrarThatIsStillDownWhenItIsProbedIsNotCountedAsReachableAgain() throws IOException {
    AtomicLong now = new AtomicLong();
    Registrars known = new Registrars(now::get, new Random(1), address -> false);
    InetSocketAddress down = at(registrar);
    registrar.close();
    known.configure(List.of(uri(down)), uri -> List.of(down));
    Circuits circuits = keep(new Circuits(transport, limits(), known, tally, now::get));
    known.failed(Service.REGISTRAR_TLS, down, Circuits.PENALTY);

    now.set(Circuits.PENALTY - 1);
    circuits.probe();
    now.set(Circuits.PENALTY + 1);

    await().until(() -> known.failing(Service.REGISTRAR_TLS), failing -> failing.equals(List.of(down)));
  }

  @Test
  void aResetOfThePledgeReachesTheRegistrar() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    pledge.getOutputStream().write(1);
    assertThat(read(far, 1)).hasSize(1);
    pledge.setSoLinger(true, 0);
    pledge.close();
    assertThat(isReset(far)).isTrue();
  }

  @Test
  void aResetOfTheRegistrarReachesThePledge() throws IOException {
    Socket pledge = pledge(proxy());
    Socket far = accepted();
    far.getOutputStream().write(1);
    assertThat(read(pledge, 1)).hasSize(1);
    far.setSoLinger(true, 0);
    far.close();
    assertThat(isReset(pledge)).isTrue();
  }

  @Test
  void aReaderThatStopsStopsTheWriter() throws IOException {
    Socket pledge = pledge(proxy());
    accepted();
    pledge.setSendBufferSize(64 * 1024);
    CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
      try {
        for (int chunk = 0; chunk < 10_000; chunk++) {
          pledge.getOutputStream().write(random(100_000));
        }
      } catch (IOException closedAtTheEnd) {
        return;
      }
    });
    long[] last = {-1};
    await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(500)).until(() -> {
      long now = tally.count(Tally.Relayed.CIRCUIT_OCTETS_UP);
      boolean stands = now > 0 && now == last[0];
      last[0] = now;
      return stands;
    });
    assertThat(writing).isNotDone();
    assertThat(last[0]).isLessThan(64_000_000); // what the kernel's buffers take, and our own
    pledge.close();
  }

  @Test
  void withoutARegistrarAPledgeIsReset() throws IOException {
    InetSocketAddress proxy = proxy(limits());
    Socket pledge = pledge(proxy);
    assertThat(isReset(pledge)).isTrue();
    assertThat(tally.count(Refusal.NO_REGISTRAR)).isEqualTo(1);
  }

  @Test
  void aRegistrarThatIsDownIsPassedOver() throws IOException {
    ServerSocket down = new ServerSocket(0, 50, LOOPBACK);
    down.close();
    InetSocketAddress gone = new InetSocketAddress(LOOPBACK, down.getLocalPort());
    InetSocketAddress proxy = proxy(limits(), gone, at(registrar));
    for (int turn = 0; turn < 4; turn++) {
      Socket pledge = pledge(proxy);
      Socket far = accepted();
      pledge.getOutputStream().write(turn);
      assertThat(far.getInputStream().read()).isEqualTo(turn);
    }
    assertThat(registrars.inTurn(Service.REGISTRAR_TLS)).hasSize(2).first().isEqualTo(at(registrar));
  }

  @Test
  void aPledgeIsResetWhenNoRegistrarAccepts() throws IOException {
    registrar.close();
    Socket pledge = pledge(proxy());
    assertThat(isReset(pledge)).isTrue();
    await().until(() -> tally.count(Refusal.REGISTRAR_UNREACHABLE) == 1);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isFalse();
  }

  @Test
  void whoOpensACircuitAndNeverSpeaksIsSentAway() throws IOException {
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 10, 10, 100, 100, Duration.ofSeconds(3), Duration.ofMillis(200),
        Duration.ofMinutes(1), Duration.ofHours(1)), at(registrar));
    Socket silent = pledge(proxy);
    Socket far = accepted();
    assertThat(isReset(silent)).isTrue();
    assertThat(isReset(far)).isTrue();
    assertThat(tally.count(Refusal.NEVER_SPOKE)).isEqualTo(1);
  }

  @Test
  void theOldestSilentCircuitMakesRoomForTheNext() throws IOException {
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 2, 10, 100, 100, Duration.ofSeconds(3), Duration.ofMinutes(1),
        Duration.ofMinutes(1), Duration.ofHours(1)), at(registrar));
    Socket talker = pledge(proxy);
    accepted();
    talker.getOutputStream().write(1);
    await().until(() -> tally.count(Tally.Relayed.CIRCUIT_OCTETS_UP) == 1);
    Socket oldest = pledge(proxy);
    accepted();
    pledge(proxy);
    accepted();
    pledge(proxy);
    accepted();
    assertThat(isReset(oldest)).isTrue();
    talker.getOutputStream().write(2);
    await().until(() -> tally.count(Tally.Relayed.CIRCUIT_OCTETS_UP) == 2);
  }

  @Test
  void aCircuitOverWhichNothingGoesEnds() throws IOException {
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 10, 10, 100, 100, Duration.ofSeconds(3), Duration.ofMinutes(1),
        Duration.ofSeconds(2), Duration.ofHours(1)), at(registrar));
    Socket pledge = pledge(proxy);
    accepted();
    pledge.getOutputStream().write(1);
    assertThat(isReset(pledge)).isTrue();
    assertThat(tally.count(Refusal.IDLE)).isEqualTo(1);
  }

  @Test
  void whoSpeaksForEverIsSentAwayToo() throws IOException {
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 10, 10, 100, 100, Duration.ofSeconds(3), Duration.ofMinutes(1),
        Duration.ofMinutes(1), Duration.ofSeconds(1)), at(registrar));
    Socket pledge = pledge(proxy);
    Socket far = accepted();
    assertThatThrownBy(() -> {
      while (true) {
        pledge.getOutputStream().write(1);
        far.getInputStream().read();
      }
    }).isInstanceOf(IOException.class);
    assertThat(tally.count(Refusal.ENDLESS)).isEqualTo(1);
  }

  @Test
  void oneSourceGetsItsShareAndNoMore() throws IOException {
    InetSocketAddress proxy = proxy(new CircuitConfig(10, 10, 2, 100, 100, Duration.ofSeconds(3), Duration.ofMinutes(1),
        Duration.ofMinutes(1), Duration.ofHours(1)), at(registrar));
    for (int busy = 0; busy < 2; busy++) {
      Socket pledge = pledge(proxy);
      Socket far = accepted();
      pledge.getOutputStream().write(1);
      far.getOutputStream().write(1);
      assertThat(pledge.getInputStream().read()).isEqualTo(1);
    }
    assertThat(isReset(pledge(proxy))).isTrue();
    assertThat(tally.count(Refusal.CIRCUITS_OF_SOURCE)).isEqualTo(1);
  }
}
