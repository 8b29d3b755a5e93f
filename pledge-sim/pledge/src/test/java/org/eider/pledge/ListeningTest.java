package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nobody keeps a pledge deaf for more than half of the time. */
class ListeningTest {
  private static final Duration LEAST = Duration.ofSeconds(3);

  private final FakeTime time = new FakeTime();
  private final Listening listening = new Listening(time.time().nanos());

  @Test
  void beforeTheFirstPauseNothingIsToBeWaitedFor() {
    assertThat(listening.rest(LEAST)).isZero();
    assertThat(listening.owed()).isZero();
  }

  @Test
  void whatWasMissedIsMadeUpFor() throws Exception {
    pause(20);
    assertThat(listening.owed()).hasSeconds(20);
    listening.resume();
    assertThat(listening.rest(LEAST)).hasSeconds(20);
    pass(15);
    assertThat(listening.rest(LEAST)).hasSeconds(5);
    pass(10);
    assertThat(listening.rest(LEAST)).isZero();
    assertThat(listening.owed()).isZero();
  }

  @Test
  void shortPausesAreFollowedByTheLeastAndLongOnesByAMinute() throws Exception {
    pause(1);
    listening.resume();
    assertThat(listening.rest(LEAST)).hasSeconds(3);
    pass(4);
    pause(1000);
    listening.resume();
    assertThat(listening.rest(LEAST)).hasSeconds(60);
  }

  /** Who says "later" for one second, and takes five to say so, adds up. */
  @Test
  void shortListeningBetweenLongPausesDoesNotMakeUpForThem() throws Exception {
    for (int i = 1; i <= 5; i++) {
      pause(5);
      assertThat(listening.owed()).hasSeconds(4 * i + 1);
      listening.resume();
      pass(1);
    }
  }

  @Test
  void onlyListeningCounts() throws Exception {
    pass(7);
    pause(100);
    assertThat(listening.total()).hasSeconds(7);
    listening.pause();
    listening.resume();
    assertThat(listening.isPaused()).as("paused twice, resumed once").isTrue();
    listening.resume();
    pass(2);
    assertThat(listening.total()).hasSeconds(9);
  }

  private void pause(int seconds) throws Exception {
    listening.pause();
    pass(seconds);
  }

  private void pass(int seconds) throws Exception {
    time.time().pause().sleep(Duration.ofSeconds(seconds));
  }
}
