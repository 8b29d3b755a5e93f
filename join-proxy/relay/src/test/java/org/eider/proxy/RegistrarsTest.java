package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.discovery.Method;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.testkit.LogLines;
import org.junit.jupiter.api.Test;

class RegistrarsTest {
  private static final long PENALTY = Duration.ofSeconds(60).toNanos();
  private static final InetSocketAddress OURS = new InetSocketAddress("127.0.0.1", 9999);

  private long now;
  private final Registrars registrars = new Registrars(() -> now, new Random(1), OURS::equals);

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  private static Sighting sighting(Service service, int port, int priority, int weight, long seconds) {
    return new Sighting(service, Method.GRASP, at(port), "eth0", priority, weight, seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)));
  }

  private void seen(int port, int priority, int weight) {
    registrars.seen(sighting(Service.REGISTRAR_TLS, port, priority, weight, 0));
  }

  private List<Integer> inTurn() {
    return registrars.inTurn(Service.REGISTRAR_TLS).stream().map(InetSocketAddress::getPort).toList();
  }

  private void pass(long seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void knowsNobodyAtFirst() {
    assertThat(inTurn()).isEmpty();
    assertThat(registrars.isKnown(Service.REGISTRAR_TLS)).isFalse();
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isFalse();
  }

  @Test
  void asksByPriorityAndConfiguredOnesFirst() {
    seen(3, 30, 0);
    seen(1, 10, 0);
    seen(2, 20, 0);
    assertThat(inTurn()).containsExactly(1, 2, 3);
    registrars.configure(List.of(RegistrarUri.parse("https://127.0.0.1:4")), uri -> List.of(at(4)));
    assertThat(inTurn()).containsExactly(4, 1, 2, 3);
  }

  @Test
  void keepsKindsApart() {
    seen(1, 0, 0);
    registrars.seen(sighting(Service.REGISTRAR_JPY, 2, 0, 0, 0));
    assertThat(inTurn()).containsExactly(1);
    assertThat(registrars.first(Service.REGISTRAR_JPY)).contains(at(2));
    assertThat(registrars.isKnown(Service.REGISTRAR_COAPS)).isFalse();
  }

  @Test
  void sharesByWeightAmongEqualsAndLeavesNobodyOut() {
    seen(1, 0, 0);
    seen(2, 0, 9);
    seen(3, 0, 89);
    Map<Integer, Integer> firsts = new HashMap<>();
    for (int turn = 0; turn < 10_000; turn++) {
      firsts.merge(inTurn().get(0), 1, Integer::sum);
    }
    assertThat(firsts.get(3)).isBetween(8500, 9200);
    assertThat(firsts.get(2)).isBetween(800, 1200);
    assertThat(firsts.get(1)).isBetween(50, 150);
  }

  @Test
  void takesEqualsInRandomOrder() {
    seen(1, 0, 0);
    seen(2, 0, 0);
    AtomicInteger ones = new AtomicInteger();
    for (int turn = 0; turn < 1000; turn++) {
      ones.addAndGet(inTurn().get(0) == 1 ? 1 : 0);
    }
    assertThat(ones.get()).isBetween(400, 600);
  }

  @Test
  void forgetsWhatIsNotHeardAnyMore() {
    registrars.seen(sighting(Service.REGISTRAR_TLS, 1, 0, 0, 180));
    pass(179);
    assertThat(inTurn()).containsExactly(1);
    registrars.seen(sighting(Service.REGISTRAR_TLS, 1, 0, 0, 180));
    pass(179);
    assertThat(inTurn()).containsExactly(1);
    pass(1);
    assertThat(inTurn()).isEmpty();
  }

  @Test
  void forgetsWhoSaysGoodBye() {
    seen(1, 0, 0);
    seen(2, 0, 0);
    registrars.gone(sighting(Service.REGISTRAR_TLS, 1, 0, 0, 0));
    assertThat(inTurn()).containsExactly(2);
  }

  @Test
  void takesWhatIsHeardAnewForTheSame() {
    seen(1, 10, 0);
    seen(2, 20, 0);
    seen(1, 30, 0);
    assertThat(inTurn()).containsExactly(2, 1);
  }

  @Test
  void putsWhoFailedBehindTheOthersForAWhile() {
    seen(1, 10, 0);
    seen(2, 20, 0);
    registrars.failed(Service.REGISTRAR_TLS, at(1), PENALTY);
    assertThat(inTurn()).containsExactly(2, 1);
    assertThat(registrars.failing(Service.REGISTRAR_TLS)).containsExactly(at(1));
    pass(60);
    assertThat(inTurn()).containsExactly(1, 2);
  }

  @Test
  void triesWhoFailedWhenThereIsNobodyElseButDoesNotAnnounceIt() {
    seen(1, 0, 0);
    registrars.failed(Service.REGISTRAR_TLS, at(1), PENALTY);
    assertThat(inTurn()).containsExactly(1);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isFalse();
    registrars.reached(Service.REGISTRAR_TLS, at(1));
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isTrue();
  }

  @Test
  void holdsSilenceAgainstThemInTheOrderOnly() {
    seen(1, 10, 0);
    seen(2, 20, 0);
    registrars.silent(Service.REGISTRAR_TLS, at(1), PENALTY);
    registrars.silent(Service.REGISTRAR_TLS, at(2), PENALTY);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isTrue();
    registrars.reached(Service.REGISTRAR_TLS, at(2));
    assertThat(inTurn()).containsExactly(2, 1);
  }

  @Test
  void doesNotLetSilenceExcuseAFailure() {
    seen(1, 10, 0);
    registrars.failed(Service.REGISTRAR_TLS, at(1), PENALTY);
    registrars.silent(Service.REGISTRAR_TLS, at(1), PENALTY);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isFalse();
  }

  @Test
  void isNeverItsOwnRegistrar() {
    registrars.seen(sighting(Service.REGISTRAR_TLS, OURS.getPort(), 0, 0, 0));
    assertThat(inTurn()).isEmpty();
  }

  @Test
  void takesNoProxyForARegistrar() {
    registrars.seen(sighting(Service.PROXY_TLS, 1, 0, 0, 0));
    assertThat(registrars.views()).isEmpty();
  }

  @Test
  void keepsSoManyAndNoMore() {
    for (int port = 1; port <= 10_000; port++) {
      seen(port, 0, 0);
    }
    assertThat(inTurn()).hasSize(16).allMatch(port -> port <= 16);
    registrars.configure(List.of(RegistrarUri.parse("https://127.0.0.1:20000")), uri -> List.of(at(20_000)));
    assertThat(inTurn()).hasSize(17).first().isEqualTo(20_000);
  }

  @Test
  void forgetsOneThatFailsWhereThereIsNoRoomForAnother() {
    for (int port = 1; port <= 16; port++) {
      seen(port, 10, 0);
    }
    registrars.failed(Service.REGISTRAR_TLS, at(7), PENALTY);
    seen(17, 10, 0);
    assertThat(inTurn()).hasSize(16).contains(17).doesNotContain(7);
    seen(18, 10, 0);
    assertThat(inTurn()).hasSize(16).doesNotContain(18);
  }

  @Test
  void remembersNoFailureOfWhomItDoesNotKnow() {
    registrars.failed(Service.REGISTRAR_TLS, at(1), PENALTY);
    seen(1, 0, 0);
    assertThat(registrars.isReachable(Service.REGISTRAR_TLS)).isTrue();
  }

  @Test
  void tellsWhenSomethingChanges() {
    AtomicInteger changes = new AtomicInteger();
    registrars.onChange(changes::incrementAndGet);
    registrars.seen(sighting(Service.REGISTRAR_TLS, 1, 0, 0, 10));
    registrars.seen(sighting(Service.REGISTRAR_TLS, 1, 0, 0, 10));
    assertThat(changes).hasValue(1);
    registrars.failed(Service.REGISTRAR_TLS, at(1), Duration.ofSeconds(5).toNanos());
    registrars.failed(Service.REGISTRAR_TLS, at(1), Duration.ofSeconds(5).toNanos());
    assertThat(changes).hasValue(2);
    pass(5);
    registrars.tick();
    assertThat(changes).hasValue(3);
    pass(5);
    registrars.tick();
    assertThat(changes).hasValue(4);
    registrars.tick();
    assertThat(changes).hasValue(4);
  }

  @Test
  void showsWhatItKnows() {
    registrars.seen(new Sighting(Service.REGISTRAR_JPY, Method.MDNS, at(1), "eth7", 3, 4, Optional.of(Duration.ofSeconds(9))));
    assertThat(registrars.views()).containsExactly(
        new Registrars.View(Service.REGISTRAR_JPY, at(1), "mdns", "eth7", 3, 4, Optional.of(Duration.ofSeconds(9)), false));
  }

  @Test
  void whoComesAndGoesForEverDoesNotFillTheLog() {
    try (LogLines log = LogLines.of(Registrars.class)) {
      for (int turn = 0; turn < 10_000; turn++) {
        Sighting sighting = sighting(Service.REGISTRAR_TLS, 1 + turn % 60_000, 0, 0, 0);
        registrars.seen(sighting);
        registrars.failed(Service.REGISTRAR_TLS, sighting.address(), PENALTY);
        registrars.reached(Service.REGISTRAR_TLS, sighting.address());
        registrars.gone(sighting);
      }
      assertThat(log.texts()).hasSizeLessThan(100);
      assertThat(log.with("heard of a registrar")).first().asString().contains("127.0.0.1:1", "grasp", "eth0");
      pass(3600);
      int before = log.texts().size();
      seen(7, 0, 0);
      assertThat(log.texts()).hasSize(before + 1);
      assertThat(log.texts().get(before)).contains("127.0.0.1:7", "left-out=");
    }
  }
}
