package org.eider.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.eider.limits.SourceRules.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrowdTest {
  private static final Source ONE = new Source(false, 1, 0, Standing.STRANGER);
  private static final Source TWO = new Source(false, 2, 0, Standing.STRANGER);
  private static final Source PROXY = new Source(false, 3, 0, Standing.JOIN_PROXY);
  private static final Source TRUSTED = new Source(false, 4, 0, Standing.TRUSTED);

  private final Crowd<String> crowd = new Crowd<>(100);

  @Test
  void whoIdlesLongestOfTheSourceThatHoldsMostGoesFirst() {
    crowd.enter(TWO, "b1");
    crowd.enter(ONE, "a1");
    crowd.enter(ONE, "a2");
    crowd.enter(ONE, "a3");
    crowd.settle("a1");
    assertThat(leaving()).containsExactly("a2", "a3", "b1", "a1");
  }

  @Test
  void whoHasSomethingInFlightStaysButItsSourceIsHeldToAccount() {
    crowd.enter(ONE, "a1");
    crowd.enter(ONE, "a2");
    crowd.enter(ONE, "a3");
    crowd.enter(TWO, "b1");
    crowd.enter(TWO, "b2");
    assertThat(crowd.stir("a1")).isTrue();
    assertThat(crowd.stir("a2")).isTrue();
    assertThat(leaving()).containsExactly("a3", "b1", "b2");
    assertThat(crowd.size()).isEqualTo(2);
    assertThat(crowd.settle("a1")).isTrue();
    assertThat(leaving()).containsExactly("a1");
  }

  @Test
  void joinProxiesGoLateAndTrustedSourcesLast() {
    crowd.enter(TRUSTED, "t1");
    crowd.enter(PROXY, "p1");
    crowd.enter(PROXY, "p2");
    crowd.enter(ONE, "a1");
    assertThat(leaving()).containsExactly("a1", "p1", "p2", "t1");
  }

  @Test
  void whoWasSentAwayIsNoMemberAnyMore() {
    crowd.enter(ONE, "a1");
    assertThat(crowd.sendAway()).contains("a1");
    assertThat(crowd.stir("a1")).isFalse();
    assertThat(crowd.settle("a1")).isFalse();
    crowd.leave("a1");
    assertThat(crowd.size()).isZero();
    assertThat(crowd.sizeOf(ONE)).isZero();
    assertThat(crowd.sendAway()).isEmpty();
  }

  /** Against a list that is sorted anew for every question. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyHistoryGivesTheSameOrderAsAListThatIsSorted(long seed) {
    Random random = new Random(seed);
    record Member(int source, boolean quiet, int since) {}
    Map<String, Member> model = new LinkedHashMap<>();
    for (int step = 0; step < 3000; step++) {
      int now = step;
      List<String> known = new ArrayList<>(model.keySet());
      String any = known.isEmpty() ? "none" : known.get(random.nextInt(known.size()));
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          int source = random.nextInt(6);
          crowd.enter(new Source(false, source, 0, Standing.STRANGER), "m" + step);
          model.put("m" + step, new Member(source, true, now));
        }
        case 2 -> {
          assertThat(crowd.stir(any)).isEqualTo(model.computeIfPresent(any, (m, old) -> new Member(old.source(), false, now)) != null);
        }
        case 3 -> {
          assertThat(crowd.settle(any)).isEqualTo(model.computeIfPresent(any, (m, old) -> new Member(old.source(), true, now)) != null);
        }
        default -> {
          Map<Integer, Long> sizes = new LinkedHashMap<>();
          model.values().forEach(m -> sizes.merge(m.source(), 1L, Long::sum));
          long most = model.values().stream().filter(Member::quiet).mapToLong(m -> sizes.get(m.source())).max().orElse(0);
          Optional<String> expected = model.entrySet().stream().filter(e -> e.getValue().quiet() && sizes.get(e.getValue().source()) == most)
              .min(Comparator.comparingInt(e -> e.getValue().since())).map(Map.Entry::getKey);
          assertThat(crowd.sendAway()).isEqualTo(expected);
          expected.ifPresent(model::remove);
        }
      }
      assertThat(crowd.size()).isEqualTo(model.size());
    }
  }

  private List<String> leaving() {
    List<String> order = new ArrayList<>();
    for (Optional<String> next = crowd.sendAway(); next.isPresent(); next = crowd.sendAway()) {
      order.add(next.get());
    }
    return order;
  }
}
