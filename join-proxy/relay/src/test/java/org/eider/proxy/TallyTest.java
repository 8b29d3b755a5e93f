package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TallyTest {
  private static final long INTERVAL = 1000;

  private final Logger logger = (Logger) LoggerFactory.getLogger(Tally.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long now;
  private final Tally tally = new Tally(() -> now, INTERVAL);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
  }

  @Test
  void tellsOfEachKindOncePerIntervalAndHowOftenItHappened() {
    InetSocketAddress whom = new InetSocketAddress("192.0.2.1", 7);
    for (int turn = 0; turn < 100_000; turn++) {
      tally.refuse(Refusal.HEADER, whom);
      tally.refuse(Refusal.RATE, whom);
    }
    assertThat(lines.list).hasSize(2);
    now = INTERVAL;
    tally.refuse(Refusal.HEADER, whom);
    assertThat(lines.list).hasSize(3);
    assertThat(lines.list.get(2).getKeyValuePairs()).extracting(pair -> pair.key + "=" + pair.value)
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
    assertThat(lines.list).isEmpty();
  }

  @Test
  void tellsErrorsOfItsOwnFromTroubleOfTheNetwork() {
    assertThat(tally.isOfTheNetwork(new PortUnreachableException())).isTrue();
    assertThat(tally.count(Refusal.FAULT)).isZero();
    assertThat(tally.isOfTheNetwork(new IllegalStateException("a mistake"))).isFalse();
    assertThat(tally.count(Refusal.FAULT)).isEqualTo(1);
    assertThat(lines.list).singleElement().satisfies(line -> assertThat(line.getKeyValuePairs().toString()).contains("a mistake"));
  }
}
