package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What Netty's leak detector says while this is open; every buffer is tracked, as surefire sets the level {@code paranoid}. */
final class Leaks implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  Leaks() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    appender.start();
    logger.addAppender(appender);
  }

  /** What was garbage without having been released is told when the next buffers are made. */
  void assertNone() {
    for (int round = 0; round < 3; round++) {
      System.gc();
      for (int i = 0; i < 50; i++) {
        ByteBufAllocator.DEFAULT.buffer(16).release();
      }
    }
    assertThat(List.copyOf(appender.list)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
