package org.eider.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What is logged while this is open; for modules that have Logback. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final Optional<Level> before;

  private LogLines(String name, boolean onlyInfo) {
    logger = (Logger) LoggerFactory.getLogger(name);
    before = Optional.ofNullable(logger.getLevel());
    if (onlyInfo || !logger.isInfoEnabled()) { // a command that ran in this process may have asked for less
      logger.setLevel(Level.INFO);
    }
    setContext(logger.getLoggerContext());
    start();
    logger.addAppender(this);
  }

  /** What one class says, at INFO and above at least. */
  public static LogLines of(Class<?> source) {
    return new LogLines(source.getName(), false);
  }

  /** What our own classes say at INFO and above. */
  public static LogLines ofEider() {
    return new LogLines("org.eider", true);
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** All lines with everything that belongs to them. */
  public List<ILoggingEvent> events() {
    return List.copyOf(events);
  }

  /** All lines: the message, and what is said in keys and values. */
  public List<String> texts() {
    return texts(events.stream());
  }

  /** The lines of a level. */
  public List<String> at(Level level) {
    return texts(events.stream().filter(event -> event.getLevel() == level));
  }

  /** The lines that contain {@code text}. */
  public List<String> with(String text) {
    return texts().stream().filter(line -> line.contains(text)).toList();
  }

  /** The lines that come with a stack trace. */
  public List<String> traces() {
    return texts(events.stream().filter(event -> event.getThrowableProxy() != null));
  }

  /** The lines that come with a stack trace, or are errors. */
  public List<String> faults() {
    return texts(events.stream().filter(event -> event.getThrowableProxy() != null || event.getLevel().isGreaterOrEqual(Level.ERROR)));
  }

  private static List<String> texts(Stream<ILoggingEvent> events) {
    return events.map(LogLines::text).toList();
  }

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
    logger.setLevel(before.orElse(null));
    stop();
  }
}
