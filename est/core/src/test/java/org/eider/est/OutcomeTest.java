package org.eider.est;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private enum Why implements Refusal.Reason {
    TOO_LATE;

    @Override
    public RefusalKind kind() {
      return RefusalKind.FORBIDDEN;
    }
  }

  private static String folded(Outcome<Integer> outcome) {
    return outcome.fold(value -> "granted " + value, after -> "deferred " + after, refusal -> "refused " + refusal.reason() + " " + refusal.detail());
  }

  @Test
  void foldAppliesTheOneFunctionThatFits() {
    assertThat(folded(Outcome.granted(3))).isEqualTo("granted 3");
    assertThat(folded(Outcome.deferred(Duration.ofSeconds(30)))).isEqualTo("deferred PT30S");
    assertThat(folded(Outcome.refused(Why.TOO_LATE, "since noon"))).isEqualTo("refused TOO_LATE since noon");
  }

  @Test
  void thenGoesOnOnlyAfterAGrant() {
    List<Integer> asked = new ArrayList<>();
    assertThat(folded(Outcome.granted(3).then(value -> {
      asked.add(value);
      return Outcome.granted(value + 1);
    }))).isEqualTo("granted 4");
    assertThat(folded(Outcome.granted(3).then(value -> Outcome.refused(Why.TOO_LATE, "late")))).isEqualTo("refused TOO_LATE late");
    assertThat(asked).containsExactly(3);
  }

  @Test
  void aDeferralAndARefusalPassThrough() {
    Outcome<Integer> deferred = Outcome.deferred(Duration.ofSeconds(5));
    Outcome<Integer> refused = Outcome.refused(new Refusal(Why.TOO_LATE, "late"));
    assertThat(folded(deferred.then(value -> Outcome.granted(1)))).isEqualTo("deferred PT5S");
    assertThat(folded(refused.then(value -> Outcome.granted(1)))).isEqualTo("refused TOO_LATE late");
  }

  @Test
  void aRefusalIsOfTheKindOfItsReason() {
    assertThat(new Refusal(Why.TOO_LATE, "late").kind()).isEqualTo(RefusalKind.FORBIDDEN);
  }

  @Test
  void nothingIsNull() {
    assertThatNullPointerException().isThrownBy(() -> Outcome.granted(null));
    assertThatNullPointerException().isThrownBy(() -> Outcome.deferred(null));
    assertThatNullPointerException().isThrownBy(() -> Outcome.refused((Refusal) null));
    assertThatNullPointerException().isThrownBy(() -> Outcome.refused(Why.TOO_LATE, null));
  }
}
