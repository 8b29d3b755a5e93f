package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eider.discovery.Service;
import org.eider.proxy.UdpBench.Heard;
import org.eider.proxy.UdpBench.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatefulRelayTest {
  private final UdpBench bench = new UdpBench();

  @AfterEach
  void stop() {
    bench.close();
  }

  private static StatefulConfig limits(Duration expiry) {
    return new StatefulConfig(10, 2, expiry, 10_000, 10_000, Duration.ofSeconds(10));
  }

  private InetSocketAddress proxy(StatefulConfig config, Peer... registrars) {
    bench.know("coaps", registrars);
    StatefulRelay relay = bench.keep(new StatefulRelay(bench.transport, config, bench.registrars, bench.tally, System::nanoTime));
    return bench.listen(at -> relay.listen("lo", at));
  }

  private InetSocketAddress proxy(Peer... registrars) {
    return proxy(limits(Duration.ofSeconds(30)), registrars);
  }

  @Test
  void relaysBothWaysOctetForOctet() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    pledge.send(UdpBench.random(1400), proxy);
    Heard heard = registrar.hear();
    assertThat(heard.octets()).isEqualTo(UdpBench.random(1400));
    registrar.send(UdpBench.random(900), heard.from());
    Heard answer = pledge.hear();
    assertThat(answer.octets()).isEqualTo(UdpBench.random(900));
    assertThat(answer.from()).isEqualTo(proxy);
  }

  @Test
  void givesEachFlowAnAddressOfItsOwnAndKeepsIt() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    Set<InetSocketAddress> seen = new HashSet<>();
    for (int flow = 0; flow < 4; flow++) {
      Peer pledge = bench.peer("127.0.0." + (10 + flow / 2));
      pledge.send(new byte[] {1}, proxy);
      InetSocketAddress first = registrar.hear().from();
      pledge.send(new byte[] {2}, proxy);
      assertThat(registrar.hear().from()).isEqualTo(first);
      seen.add(first);
    }
    assertThat(seen).hasSize(4);
  }

  @Test
  void refusesTheThirdFlowOfAPledge() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    for (int flow = 0; flow < 3; flow++) {
      bench.peer("127.0.0.10").send(new byte[] {1}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.FLOWS_OF_PLEDGE) == 1);
    bench.peer("127.0.0.11").send(new byte[] {9}, proxy);
    registrar.hear();
    registrar.hear();
    assertThat(registrar.hear().octets()).containsExactly(9);
  }

  @Test
  void refusesTheEleventhFlowOfAnInterface() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    for (int flow = 0; flow < 11; flow++) {
      bench.peer("127.0.0." + (10 + flow)).send(new byte[] {(byte) flow}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.FLOWS) == 1);
    assertThat(bench.tally.count(Tally.Relayed.FLOWS)).isEqualTo(10);
  }

  /** Whoever only makes up addresses cannot keep all room: DTLS servers answer the first datagram at once. */
  @Test
  void letsAFlowThatWasNeverAnsweredMakeRoom() throws Exception {
    Peer registrar = bench.peer();
    bench.know("coaps", registrar);
    AtomicLong now = new AtomicLong(1);
    StatefulRelay relay =
        bench.keep(new StatefulRelay(bench.transport, limits(Duration.ofSeconds(30)), bench.registrars, bench.tally, now::get));
    InetSocketAddress proxy = bench.listen(at -> relay.listen("lo", at));
    Peer answered = bench.peer("127.0.0.9");
    answered.send(new byte[] {1}, proxy);
    registrar.send(new byte[] {2}, registrar.hear().from());
    answered.hear();
    for (int flow = 0; flow < 9; flow++) {
      bench.peer("127.0.0." + (10 + flow)).send(new byte[] {(byte) flow}, proxy);
      registrar.hear();
    }
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    bench.peer("127.0.0.30").send(new byte[] {30}, proxy);
    assertThat(registrar.hear().octets()).containsExactly(30);
    assertThat(relay.size()).isEqualTo(10);
    answered.send(new byte[] {3}, proxy);
    assertThat(registrar.hear().octets()).containsExactly(3);
    assertThat(bench.tally.count(Refusal.FLOWS)).isZero();
  }

  @Test
  void leavesOthersTheirPartOfTheRate() throws Exception {
    Peer registrar = bench.peer();
    AtomicLong now = new AtomicLong(1);
    bench.know("coaps", registrar);
    StatefulConfig slow = new StatefulConfig(10, 2, Duration.ofSeconds(30), 40, 40, Duration.ofSeconds(10));
    StatefulRelay relay = bench.keep(new StatefulRelay(bench.transport, slow, bench.registrars, bench.tally, now::get));
    InetSocketAddress proxy = bench.listen(at -> relay.listen("lo", at));
    Peer noisy = bench.peer("127.0.0.10");
    for (int i = 0; i < 100; i++) {
      noisy.send(new byte[] {(byte) i}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.RATE) == 90);
    for (int i = 0; i < 10; i++) {
      assertThat(registrar.hear().octets()).containsExactly(i);
    }
    bench.peer("127.0.0.11").send(new byte[] {111}, proxy);
    assertThat(registrar.hear().octets()).containsExactly(111);
  }

  @Test
  void forgetsAFlowOverWhichNothingWentAndDropsWhatComesLate() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    bench.know("coaps", registrar);
    StatefulRelay relay = bench.keep(
        new StatefulRelay(bench.transport, limits(Duration.ofMillis(300)), bench.registrars, bench.tally, System::nanoTime));
    InetSocketAddress proxy = bench.listen(at -> relay.listen("lo", at));
    pledge.send(new byte[] {1}, proxy);
    InetSocketAddress flow = registrar.hear().from();
    await().until(() -> relay.size() == 0);
    registrar.send(new byte[] {2}, flow);
    assertThatThrownBy(() -> pledge.hearWithin(300)).isInstanceOf(SocketTimeoutException.class);
    pledge.send(new byte[] {3}, proxy);
    assertThat(registrar.hear().from()).isNotEqualTo(flow);
  }

  @Test
  void keepsAFlowThatOnlyTheRegistrarUses() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(limits(Duration.ofMillis(500)), registrar);
    pledge.send(new byte[] {1}, proxy);
    InetSocketAddress flow = registrar.hear().from();
    for (int turn = 0; turn < 10; turn++) {
      registrar.send(new byte[] {(byte) turn}, flow);
      assertThat(pledge.hear().octets()).containsExactly(turn);
      assertThatThrownBy(() -> pledge.hearWithin(100)).isInstanceOf(SocketTimeoutException.class); // a while goes by
    }
  }

  @Test
  void relaysNothingOfStrangers() throws Exception {
    Peer registrar = bench.peer();
    Peer stranger = bench.peer("127.0.0.99");
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    pledge.send(new byte[] {1}, proxy);
    InetSocketAddress flow = registrar.hear().from();
    stranger.send(new byte[] {66}, flow);
    registrar.send(new byte[] {2}, flow);
    assertThat(pledge.hear().octets()).containsExactly(2);
    assertThatThrownBy(() -> pledge.hearWithin(200)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void passesOverARegistrarWhosePortIsClosed() throws Exception {
    Peer gone = bench.peer();
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(gone, registrar);
    gone.close();
    await().until(() -> {
      pledge.send(new byte[] {7}, proxy); // as a handshake does that gets no answer
      return registrar.hasHeard(50);
    });
    assertThat(bench.registrars.first(Service.REGISTRAR_COAPS)).contains(registrar.address());
    bench.peer().send(new byte[] {8}, proxy);
    await().until(() -> registrar.hear().octets()[0] == 8);
  }

  @Test
  void passesOverARegistrarThatIsSilent() throws Exception {
    Peer silent = bench.peer();
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatefulConfig(10, 2, Duration.ofSeconds(1), 100, 100, Duration.ofMillis(200)), silent, registrar);
    await().until(() -> {
      pledge.send(new byte[] {7}, proxy);
      return registrar.hasHeard(50);
    });
    assertThat(bench.registrars.isReachable(Service.REGISTRAR_COAPS)).isTrue(); // silence alone withdraws no announcement
  }

  @Test
  void relaysNothingWithoutARegistrar() throws Exception {
    InetSocketAddress proxy = proxy();
    bench.peer().send(new byte[] {1}, proxy);
    await().until(() -> bench.tally.count(Refusal.NO_REGISTRAR) == 1);
  }

  @Test
  void boundsTheDatagramsOfAnInterface() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(new StatefulConfig(10, 2, Duration.ofSeconds(30), 1, 5, Duration.ofSeconds(10)), registrar);
    for (int pledge = 0; pledge < 10; pledge++) {
      Peer one = bench.peer("127.0.0." + (10 + pledge));
      one.send(new byte[] {1}, proxy);
      one.send(new byte[] {2}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.RATE) + bench.tally.count(Tally.Relayed.STATEFUL_UP) == 20);
    assertThat(bench.tally.count(Tally.Relayed.STATEFUL_UP)).isBetween(5L, 6L);
  }

  @Test
  void takesNothingFromOffTheLink() throws Exception {
    Peer registrar = bench.peer();
    bench.know("coaps", registrar);
    StatefulRelay relay = bench.keep(
        new StatefulRelay(bench.transport, StatefulConfig.standard(), bench.registrars, bench.tally, System::nanoTime));
    InetSocketAddress proxy = bench.listen(at -> relay.listen("no-such-interface", at)); // of which the network is not known
    bench.peer("127.0.0.77").send(new byte[] {1}, proxy);
    await().until(() -> bench.tally.count(Refusal.OFF_LINK) == 1);
    bench.peer(proxy.getAddress().getHostAddress()).send(new byte[] {2}, proxy);
    assertThat(registrar.hear().octets()).containsExactly(2);
  }

  @Test
  void doesNotCutWhatIsTooLarge() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(registrar);
    bench.peer().send(UdpBench.random(20_000), proxy);
    await().until(() -> bench.tally.count(Refusal.TOO_LARGE) == 1);
  }
}
