package org.eider.registrar.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What our own loggers say at INFO and above, while it is open. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("org.eider");

  private final Level before = logger.getLevel();

  LogLines() {
    logger.setLevel(Level.INFO); // a command that ran in this process may have asked for less
    setContext(logger.getLoggerContext());
    start();
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
      events.add(event);
    }
  }

  /** The lines that contain {@code text}. */
  List<String> with(String text) {
    return events.stream().map(LogLines::text).filter(line -> line.contains(text)).toList();
  }

  /** The lines that come with a stack trace. */
  List<String> traces() {
    return events.stream().filter(event -> event.getThrowableProxy() != null).map(LogLines::text).toList();
  }

  /** The lines that come with a stack trace, or are errors. */
  List<String> faults() {
    return events.stream().filter(event -> event.getThrowableProxy() != null || event.getLevel().isGreaterOrEqual(Level.ERROR))
        .map(LogLines::text).toList();
  }

  /** The message, and what is said in keys and values. */
  private static String text(ILoggingEvent event) {
    StringBuilder text = new StringBuilder(event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      event.getKeyValuePairs().forEach(pair -> text.append(' ').append(pair.key).append('=').append(pair.value));
    }
    return text.toString();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(before);
    stop();
  }
}
