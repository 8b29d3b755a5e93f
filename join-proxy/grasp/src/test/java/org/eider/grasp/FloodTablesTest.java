package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** Cache, relay, sessions, schedule and rates, with a clock that stands still until it is moved. */
final class FloodTablesTest {
  private static final String NAME = "AN_join_registrar";

  private final AtomicLong now = new AtomicLong(5);
  private final Nuisances nuisances = new Nuisances(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static Address initiator(int number) {
    byte[] octets = new byte[16];
    octets[0] = (byte) 0xfd;
    octets[14] = (byte) (number >> 8);
    octets[15] = (byte) number;
    return new Address(Octets.of(octets));
  }

  private static Flooded flooded(String name, int port, long ttl) {
    return new Flooded(Objective.flooded(name, 3, ""), Optional.of(new Locator.Ip(initiator(1), 6, port)), ttl, initiator(1),
        new Flooded.Origin("eth0", 2, new InetSocketAddress(initiator(2).inet(), 7017)));
  }

  private static Message.Flood flood(long session, int initiator, int... loopCounts) {
    return new Message.Flood(session, initiator(initiator), 1000, java.util.Arrays.stream(loopCounts)
        .mapToObj(count -> new Message.Flood.Entry(Objective.flooded(NAME, count, ""), Optional.empty())).toList());
  }

  @Test
  void sameNameAndLocatorIsOneEntryWithTheNewExpiry() {
    FloodCache cache = new FloodCache(Set.of(NAME), 4, 4, now::get);
    cache.put(flooded(NAME, 1, 1000));
    pass(Duration.ofMillis(900));
    cache.put(flooded(NAME, 1, 500));
    cache.put(flooded(NAME, 2, 100));
    assertThat(cache.of(NAME)).hasSize(2);
    pass(Duration.ofMillis(499));
    assertThat(cache.of(NAME)).extracting(Flooded::ttl).containsExactly(500L);
    pass(Duration.ofMillis(1));
    assertThat(cache.of(NAME)).isEmpty();
  }

  @Test
  void timeToLiveOfZeroDoesNotEnd() {
    FloodCache cache = new FloodCache(Set.of(NAME), 4, 4, now::get);
    cache.put(flooded(NAME, 1, 0));
    cache.put(flooded(NAME, 2, Message.MAX_UINT32));
    pass(Duration.ofDays(49));
    assertThat(cache.of(NAME)).hasSize(2);
    pass(Duration.ofDays(400));
    assertThat(cache.of(NAME)).extracting(Flooded::ttl).containsExactly(0L);
  }

  @Test
  void aHundredThousandNamesDoNotPushOutTheOneThatIsWanted() {
    FloodCache cache = new FloodCache(Set.of(NAME), 4, 100, now::get);
    cache.put(flooded(NAME, 1, 0));
    for (int i = 0; i < 100_000; i++) {
      cache.put(flooded("AN_join_registrar" + i, 1, 0));
    }
    assertThat(cache.size()).isEqualTo(101);
    assertThat(cache.of(NAME)).hasSize(1);
    assertThat(cache.of("AN_join_registrar99999")).hasSize(1);
    assertThat(cache.of("AN_join_registrar7")).isEmpty();
  }

  @Test
  void fullTableLetsGoOfWhatWasHeardOfLongestAgo() {
    FloodCache cache = new FloodCache(Set.of(NAME), 2, 0, now::get);
    cache.put(flooded(NAME, 1, 0));
    cache.put(flooded(NAME, 2, 0));
    cache.put(flooded(NAME, 1, 0));
    assertThat(cache.put(flooded(NAME, 3, 0))).isTrue();
    assertThat(cache.of(NAME)).extracting(each -> ((Locator.Ip) each.locator().orElseThrow()).port().orElseThrow()).containsExactly(1, 3);
    cache.put(flooded("other", 1, 0));
    assertThat(cache.of("other")).isEmpty();
  }

  @Test
  void relayDecrementsTheFirstLoopCountAndKeepsAllElse() {
    FloodRelay relay = new FloodRelay(10, now::get, nuisances);
    Message.Flood flood = flood(7, 1, 255, 3);
    Message.Flood next = relay.next(flood).orElseThrow();
    assertThat(next.session()).isEqualTo(7);
    assertThat(next.initiator()).isEqualTo(initiator(1));
    assertThat(next.ttl()).isEqualTo(1000);
    assertThat(next.entries()).extracting(entry -> entry.objective().loopCount()).containsExactly(254, 3);
  }

  @Test
  void loopCountOfOneOrZeroIsNotRelayed() {
    FloodRelay relay = new FloodRelay(10, now::get, nuisances);
    assertThat(relay.next(flood(1, 1, 1))).isEmpty();
    assertThat(relay.next(flood(2, 1, 0))).isEmpty();
    assertThat(relay.next(flood(3, 1, 1, 9))).as("the first one counts").isEmpty();
    assertThat(relay.next(flood(4, 1, 2))).isPresent();
    assertThat(relay.next(new Message.Discovery(5, initiator(1), Objective.flooded(NAME, 1, "")))).isEmpty();
  }

  @Test
  void sameSessionAndInitiatorIsRelayedOnceInTwoMinutes() {
    FloodRelay relay = new FloodRelay(10, now::get, nuisances);
    assertThat(relay.next(flood(7, 1, 9))).isPresent();
    assertThat(relay.next(flood(7, 1, 8))).isEmpty();
    assertThat(relay.next(flood(7, 2, 9))).as("another initiator may draw the same number").isPresent();
    pass(Duration.ofSeconds(119));
    assertThat(relay.next(flood(7, 1, 9))).isEmpty();
    pass(Duration.ofSeconds(2));
    assertThat(relay.next(flood(7, 1, 9))).isPresent();
  }

  @Test
  void ownFloodsThatComeBackAreNotRelayed() {
    FloodRelay relay = new FloodRelay(10, now::get, nuisances);
    relay.own(7, initiator(1));
    assertThat(relay.next(flood(7, 1, 9))).isEmpty();
  }

  @Test
  void relayingHasARateWhateverTheInitiatorsAre() {
    FloodRelay relay = new FloodRelay(10, now::get, nuisances);
    int relayed = 0;
    for (int second = 0; second < 200; second++) {
      for (int i = 0; i < 500; i++) {
        relayed += relay.next(flood(second * 500L + i, i, 9)).isPresent() ? 1 : 0;
      }
      pass(Duration.ofSeconds(1));
    }
    assertThat(relayed).isBetween(1_900, 2_020);
    assertThat(relay.size()).isLessThanOrEqualTo(1_300);
  }

  @Test
  void sessionsAreFreshNeitherActiveNorUsedShortlyAgo() {
    Random few = new Random(1);
    RandomGenerator narrow = () -> (long) few.nextInt(4) << 32;
    SessionIds ids = new SessionIds(narrow, now::get);
    Set<Long> drawn = new HashSet<>(List.of(ids.fresh(), ids.fresh(), ids.fresh()));
    assertThat(drawn).hasSize(3);
    long first = drawn.iterator().next();
    assertThat(ids.isActive(first)).isTrue();
    ids.release(first);
    assertThat(ids.isActive(first)).isFalse();
    assertThat(ids.fresh()).isNotIn(drawn);
    pass(Duration.ofSeconds(121));
    assertThat(ids.fresh()).isEqualTo(first);
  }

  @Test
  void whatIsToldIsToldAtOnceThreeTimesAndOnceInAPeriod() {
    FloodSchedule schedule = new FloodSchedule(FloodTiming.STANDARD, now.get());
    assertThat(untilNext(schedule)).isZero();
    assertThat(untilNext(schedule)).isEqualTo(Duration.ofSeconds(1));
    assertThat(untilNext(schedule)).isEqualTo(Duration.ofSeconds(4));
    assertThat(untilNext(schedule)).isEqualTo(Duration.ofSeconds(60));
    assertThat(untilNext(schedule)).isEqualTo(Duration.ofSeconds(60));
    schedule.restart(now.get());
    assertThat(untilNext(schedule)).as("not twice within a second").isEqualTo(Duration.ofSeconds(1));
    pass(Duration.ofMillis(400));
    schedule.hurry(now.get());
    assertThat(untilNext(schedule)).isEqualTo(Duration.ofMillis(600));
  }

  private Duration untilNext(FloodSchedule schedule) {
    Duration wait = Duration.ofNanos(schedule.until(now.get()));
    pass(wait);
    schedule.told(now.get());
    return wait;
  }

  @Test
  void timingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new FloodTiming(Duration.ofMinutes(3), Duration.ofMillis(999))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FloodTiming(Duration.ofDays(50), Duration.ofMinutes(1))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FloodTiming(Duration.ofMillis(-1), Duration.ofMinutes(1))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nuisancesAreOneLineOfAKindInAMinute() {
    int lines = 0;
    for (int i = 0; i < 100_000; i++) {
      lines += nuisances.note(Nuisances.Kind.MALFORMED, "test", "x") ? 1 : 0;
    }
    assertThat(lines).isEqualTo(1);
    assertThat(nuisances.note(Nuisances.Kind.TOO_MANY, "test", "x")).as("another kind").isTrue();
    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
    assertThat(nuisances.note(Nuisances.Kind.MALFORMED, "test", "x")).isTrue();
  }
}
