package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import org.eider.testkit.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final long INTERVAL = 1000;

  private final LogLines lines = LogLines.of(Tally.class);
  private long now;
  private final Tally tally = new Tally(() -> now, INTERVAL);

  @AfterEach
  void stop() {
    lines.close();
  }

  @Test
  void tellsOfEachKindOncePerIntervalAndHowOftenItHappened() {
    InetSocketAddress whom = new InetSocketAddress("192.0.2.1", 7);
    for (int turn = 0; turn < 100_000; turn++) {
      tally.refuse(Refusal.HEADER, whom);
      tally.refuse(Refusal.RATE, whom);
    }
    assertThat(lines.events()).hasSize(2);
    now = INTERVAL;
    tally.refuse(Refusal.HEADER, whom);
    assertThat(lines.events()).hasSize(3);
    assertThat(lines.events().get(2).getKeyValuePairs()).extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("whom=192.0.2.1:7", "times=100000");
    assertThat(tally.count(Refusal.HEADER)).isEqualTo(100_001);
    assertThat(tally.count(Refusal.RATE)).isEqualTo(100_000);
    assertThat(tally.count(Refusal.IDLE)).isZero();
  }

  @Test
  void addsUpWhatIsRelayed() {
    tally.add(Tally.Relayed.FLOWS, 2);
    tally.add(Tally.Relayed.FLOWS, 3);
    assertThat(tally.count(Tally.Relayed.FLOWS)).isEqualTo(5);
    assertThat(lines.events()).isEmpty();
  }

  @Test
  void tellsErrorsOfItsOwnFromTroubleOfTheNetwork() {
    assertThat(tally.isOfTheNetwork(new PortUnreachableException())).isTrue();
    assertThat(tally.count(Refusal.FAULT)).isZero();
    assertThat(tally.isOfTheNetwork(new IllegalStateException("a mistake"))).isFalse();
    assertThat(tally.count(Refusal.FAULT)).isEqualTo(1);
    assertThat(lines.events()).singleElement().satisfies(line -> assertThat(line.getKeyValuePairs().toString()).contains("a mistake"));
  }
}
