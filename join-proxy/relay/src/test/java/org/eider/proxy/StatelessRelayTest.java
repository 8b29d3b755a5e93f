package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.eider.discovery.Service;
import org.eider.jpy.JpyMessage;
import org.eider.proxy.UdpBench.Heard;
import org.eider.proxy.UdpBench.Peer;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class StatelessRelayTest {
  private static final StatelessConfig STANDARD = StatelessConfig.standard();

  private final UdpBench bench = new UdpBench();

  @AfterEach
  void stop() {
    bench.close();
  }

  private StatelessRelay relay(StatelessConfig config, Peer... registrars) {
    bench.know("jpy", registrars);
    return bench.keep(new StatelessRelay(bench.transport, config, bench.registrars, bench.tally, new SecureRandom(), System::nanoTime));
  }

  private InetSocketAddress proxy(StatelessConfig config, Peer... registrars) {
    StatelessRelay relay = relay(config, registrars);
    return bench.listen(at -> relay.listen("lo", at));
  }

  private static JpyMessage message(Heard heard) throws DecodeException {
    return JpyMessage.decode(Octets.of(heard.octets()));
  }

  private static byte[] jpy(Octets header, byte[] content) {
    return new JpyMessage(header, Octets.of(content)).encode().toArray();
  }

  /** Sends until it is heard: the relay may not have its socket towards the registrar yet. */
  private static Heard through(Peer pledge, byte[] octets, InetSocketAddress proxy, Peer registrar) {
    Heard[] heard = new Heard[1];
    await().until(() -> {
      pledge.send(octets, proxy);
      try {
        heard[0] = registrar.hearWithin(200);
        return true;
      } catch (SocketTimeoutException notYet) {
        return false;
      }
    });
    return heard[0];
  }

  @Test
  void wrapsWhatAPledgeSendsAndUnwrapsWhatComesBack() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard heard = through(pledge, UdpBench.random(500), proxy, registrar);
    JpyMessage message = message(heard);
    assertThat(message.content().toArray()).isEqualTo(UdpBench.random(500));
    assertThat(message.header().size()).isLessThanOrEqualTo(32);
    assertThat(heard.octets().length).isLessThanOrEqualTo(500 + 38);
    registrar.send(jpy(message.header(), UdpBench.random(60)), heard.from());
    Heard answer = pledge.hear();
    assertThat(answer.octets()).isEqualTo(UdpBench.random(60));
    assertThat(answer.from()).isEqualTo(proxy);
  }

  @Test
  void usesOneSourceForAllAndTheSameHeaderForAFlow() throws Exception {
    Peer registrar = bench.peer();
    Peer one = bench.peer("127.0.0.11");
    Peer other = bench.peer("127.0.0.12");
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard first = through(one, new byte[] {1}, proxy, registrar);
    Heard second = through(other, new byte[] {2}, proxy, registrar);
    Heard third = through(one, new byte[] {3}, proxy, registrar);
    assertThat(second.from()).isEqualTo(first.from());
    assertThat(message(third).header()).isEqualTo(message(first).header()).isNotEqualTo(message(second).header());
    registrar.send(jpy(message(second).header(), new byte[] {22}), second.from());
    assertThat(other.hear().octets()).containsExactly(22);
    assertThat(one.hasHeard(100)).isFalse();
  }

  @Test
  void tellsTwoPledgesWithTheSamePortOnTwoJoinPortsApart() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    StatelessRelay relay = relay(STANDARD, registrar);
    InetSocketAddress one = bench.listen(at -> relay.listen("lo", at));
    InetSocketAddress other = bench.listen(at -> relay.listen("lo", at));
    Heard first = through(pledge, new byte[] {1}, one, registrar);
    Heard second = through(pledge, new byte[] {1}, other, registrar);
    assertThat(message(first).header()).isNotEqualTo(message(second).header());
    registrar.send(jpy(message(second).header(), new byte[] {2}), second.from());
    assertThat(pledge.hear().from()).isEqualTo(other);
    registrar.send(jpy(message(first).header(), new byte[] {2}), first.from());
    assertThat(pledge.hear().from()).isEqualTo(one);
  }

  @Test
  void dropsHeadersThatWereChanged() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
    byte[] header = message(heard).header().toArray();
    for (int at = 0; at < header.length; at++) {
      byte[] changed = header.clone();
      changed[at] ^= 1;
      registrar.send(jpy(Octets.of(changed), new byte[] {66}), heard.from());
    }
    registrar.send(jpy(Octets.of(java.util.Arrays.copyOf(header, header.length - 1)), new byte[] {66}), heard.from());
    registrar.send(jpy(Octets.of(new byte[0]), new byte[] {66}), heard.from());
    await().until(() -> bench.tally.count(Refusal.HEADER) == header.length + 2);
    assertThat(pledge.hasHeard(100)).isFalse();
  }

  @Test
  void dropsHeadersOfAnotherProxy() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    try (UdpBench elsewhere = new UdpBench()) {
      elsewhere.know("jpy", registrar);
      StatelessRelay theirs = elsewhere.keep(new StatelessRelay(elsewhere.transport, STANDARD, elsewhere.registrars, elsewhere.tally,
          new SecureRandom(), System::nanoTime));
      InetSocketAddress other = elsewhere.listen(at -> theirs.listen("lo", at));
      Octets foreign = message(through(pledge, new byte[] {1}, other, registrar)).header();
      Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
      registrar.send(jpy(foreign, new byte[] {66}), heard.from());
      await().until(() -> bench.tally.count(Refusal.HEADER) == 1);
      assertThat(pledge.hasHeard(100)).isFalse();
    }
  }

  @Test
  void sendsNothingToAnAddressThatNeverAsked() throws Exception {
    Peer registrar = bench.peer();
    Peer victim = bench.peer("127.0.0.44");
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard heard = through(bench.peer(), new byte[] {1}, proxy, registrar);
    // The layout of the draft's illustration, in the clear: family, interface, port, address.
    byte[] guess = new byte[PledgeHeader.SIZE];
    guess[2] = (byte) (victim.address().getPort() >> 8);
    guess[3] = (byte) victim.address().getPort();
    System.arraycopy(victim.address().getAddress().getAddress(), 0, guess, 8, 4);
    registrar.send(jpy(Octets.of(guess), new byte[] {66}), heard.from());
    await().until(() -> bench.tally.count(Refusal.HEADER) == 1);
    assertThat(victim.hasHeard(100)).isFalse();
  }

  @Test
  void boundsWhatReplaysOfAHeaderBring() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 0, 10_000, 10_000, 1, 20, Duration.ofSeconds(30),
        Duration.ofSeconds(10)), registrar);
    Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
    byte[] replayed = jpy(message(heard).header(), new byte[] {2});
    for (int turn = 0; turn < 100; turn++) {
      registrar.send(replayed, heard.from());
    }
    await().until(() -> bench.tally.count(Refusal.RATE) + bench.tally.count(Tally.Relayed.STATELESS_DOWN) == 100);
    assertThat(bench.tally.count(Tally.Relayed.STATELESS_DOWN)).isBetween(20L, 25L);
  }

  @Test
  void takesAnswersFromTheRegistrarOnly() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
    byte[] stolen = jpy(message(heard).header(), new byte[] {66});
    bench.peer("127.0.0.99").send(stolen, heard.from());
    bench.peer().send(stolen, heard.from()); // its address, another port
    registrar.send(jpy(message(heard).header(), new byte[] {2}), heard.from());
    assertThat(pledge.hear().octets()).containsExactly(2);
    assertThat(pledge.hasHeard(200)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "80", "81" + "50" + "D01914BCC376A88FFECC50CA6017B0C1", "826161626262", "8241", "A0", "ffffffff"})
  void dropsWhatIsNoJpy(String hex) throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
    registrar.send(HexFormat.of().parseHex(hex), heard.from());
    await().until(() -> bench.tally.count(Refusal.NOT_JPY) == 1);
    registrar.send(jpy(message(heard).header(), new byte[] {3}), heard.from());
    assertThat(pledge.hear().octets()).containsExactly(3);
  }

  @Test
  void goesOnAfterEmptyDatagrams() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, registrar);
    pledge.send(new byte[0], proxy);
    Heard heard = through(pledge, new byte[] {1}, proxy, registrar);
    registrar.send(new byte[0], heard.from());
    registrar.send(jpy(Octets.of(new byte[0]), new byte[0]), heard.from());
    await().until(() -> bench.tally.count(Refusal.HEADER) == 1);
  }

  /** On a link of 1280 octets: 1280 - 40 - 8 - 38 for IPv6, 20 more for IPv4. */
  @Test
  void dropsWhatWouldNotFitThePathToTheRegistrar() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 1280, 1000, 1000, 1000, 1000, Duration.ofSeconds(30),
        Duration.ofSeconds(10)), registrar);
    Heard fits = through(pledge, UdpBench.random(1214), proxy, registrar);
    assertThat(fits.octets().length).isLessThanOrEqualTo(1280 - 28);
    pledge.send(UdpBench.random(1215), proxy);
    await().until(() -> bench.tally.count(Refusal.TOO_LARGE) == 1);
  }

  @Test
  void changesOverToAnotherRegistrarWhenOneIsSilent() throws Exception {
    Peer silent = bench.peer();
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 0, 1000, 1000, 1000, 1000, Duration.ofMillis(300),
        Duration.ofMillis(300)), silent, registrar);
    through(pledge, new byte[] {1}, proxy, registrar);
    assertThat(bench.registrars.isReachable(Service.REGISTRAR_JPY)).isTrue();
  }

  @Test
  void changesOverToAnotherRegistrarWhenAPortIsClosed() throws Exception {
    Peer gone = bench.peer();
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 0, 1000, 1000, 1000, 1000, Duration.ofSeconds(30),
        Duration.ofMillis(300)), gone, registrar);
    gone.close();
    through(pledge, new byte[] {1}, proxy, registrar);
    assertThat(bench.registrars.first(Service.REGISTRAR_JPY)).contains(registrar.address());
  }

  @Test
  void staysWithARegistrarThatAnswers() throws Exception {
    Peer one = bench.peer();
    Peer other = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(STANDARD, one, other);
    await().until(() -> {
      pledge.send(new byte[] {1}, proxy);
      return one.hasHeard(50) || other.hasHeard(50);
    });
    boolean isFirst = isHeardBy(one, pledge, proxy);
    for (int turn = 0; turn < 20; turn++) {
      assertThat(isHeardBy(one, pledge, proxy)).isEqualTo(isFirst);
    }
  }

  private static boolean isHeardBy(Peer registrar, Peer pledge, InetSocketAddress proxy) throws Exception {
    pledge.send(new byte[] {1}, proxy);
    return registrar.hasHeard(100);
  }

  @Test
  void relaysNothingWithoutARegistrar() throws Exception {
    InetSocketAddress proxy = proxy(STANDARD);
    bench.peer().send(new byte[] {1}, proxy);
    await().until(() -> bench.tally.count(Refusal.NO_REGISTRAR) == 1);
  }

  @Test
  void letsAPledgeThatSendsTooMuchTakeNothingFromOthers() throws Exception {
    Peer registrar = bench.peer();
    Peer noisy = bench.peer("127.0.0.8");
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 0, 1, 20, 1, 10, Duration.ofSeconds(30), Duration.ofSeconds(10)),
        registrar);
    through(noisy, new byte[] {1}, proxy, registrar);
    for (int turn = 0; turn < 60; turn++) {
      noisy.send(new byte[] {1}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.RATE) >= 50);
    bench.peer("127.0.0.9").send(new byte[] {9}, proxy);
    await().until(() -> message(registrar.hear()).content().toArray()[0] == 9);
  }

  @Test
  void boundsTheDatagramsOfAnInterface() throws Exception {
    Peer registrar = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofHours(24), 0, 1, 10, 1000, 1000, Duration.ofSeconds(30),
        Duration.ofSeconds(10)), registrar);
    through(bench.peer(), new byte[] {1}, proxy, registrar);
    for (int pledge = 0; pledge < 30; pledge++) {
      bench.peer("127.0.1." + pledge).send(new byte[] {1}, proxy);
    }
    await().until(() -> bench.tally.count(Refusal.RATE) >= 15);
    assertThat(bench.tally.count(Tally.Relayed.STATELESS_UP)).isLessThan(16);
  }

  @Test
  void goesOnForThePledgeOverThePeriodOfAKey() throws Exception {
    Peer registrar = bench.peer();
    Peer pledge = bench.peer();
    InetSocketAddress proxy = proxy(new StatelessConfig(Duration.ofMillis(500), 0, 1000, 1000, 1000, 1000, Duration.ofSeconds(30),
        Duration.ofSeconds(10)), registrar);
    Heard first = through(pledge, new byte[] {1}, proxy, registrar);
    await().until(() -> !message(through(pledge, new byte[] {1}, proxy, registrar)).header().equals(message(first).header()));
    registrar.send(jpy(message(first).header(), new byte[] {2}), first.from());
    assertThat(pledge.hear().octets()).containsExactly(2);
    await().until(() -> {
      registrar.send(jpy(message(first).header(), new byte[] {3}), first.from());
      return bench.tally.count(Refusal.HEADER) > 0;
    });
    assertThatThrownBy(() -> {
      while (true) {
        pledge.hearWithin(200);
      }
    }).isInstanceOf(SocketTimeoutException.class);
  }
}
