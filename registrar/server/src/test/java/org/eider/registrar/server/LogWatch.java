package org.eider.registrar.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.slf4j.LoggerFactory;

/** Watches every logger of the process, its standard error, and threads that die of an exception; keeps only what must not happen. */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final int MOST = 50;

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("org.eider");
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private final Level before = ours.getLevel();
  private final java.util.logging.Logger jul = java.util.logging.Logger.getLogger("");
  private final Handler julHandler = new JulHandler();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lines = new AtomicInteger();
  private final PrintStream errBefore = System.err;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Thread.UncaughtExceptionHandler uncaughtBefore = Thread.getDefaultUncaughtExceptionHandler();

  LogWatch() {
    ours.setLevel(Level.INFO); // a command that ran in this process may have asked for less
    setContext(root.getLoggerContext());
    start();
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender); // whoever watches tells what it saw
    root.addAppender(this);
    jul.addHandler(julHandler);
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8)); // who prints a stack trace goes round all loggers
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> fault("thread " + thread.getName() + " died of " + failure));
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.incrementAndGet();
    String text = event.getFormattedMessage() + (event.getKeyValuePairs() == null ? "" : " " + event.getKeyValuePairs());
    if (event.getThrowableProxy() != null || event.getLevel().isGreaterOrEqual(Level.ERROR) || text.indexOf('\n') >= 0) {
      String thrown = event.getThrowableProxy() == null ? "" : " with " + event.getThrowableProxy().getClassName();
      fault(event.getLevel() + " " + event.getLoggerName() + ": " + text + thrown);
    }
  }

  /** Lines at ERROR, lines with a stack trace or a line break, deaths of threads, and what was printed; the first of them. */
  List<String> faults() {
    List<String> all = new ArrayList<>(faults);
    String printed = err.toString(StandardCharsets.UTF_8);
    if (!printed.isEmpty()) {
      all.add("on standard error: " + printed.substring(0, Math.min(printed.length(), 2000)));
    }
    return all;
  }

  /** How many lines there were. */
  int lines() {
    return lines.get();
  }

  @Override
  public void close() {
    root.detachAppender(this);
    others.forEach(root::addAppender);
    ours.setLevel(before);
    jul.removeHandler(julHandler);
    Thread.setDefaultUncaughtExceptionHandler(uncaughtBefore);
    System.setErr(errBefore);
    stop();
  }

  private void fault(String what) {
    if (faults.size() < MOST) {
      faults.add(what);
    }
  }

  /** What libraries tell java.util.logging. */
  private final class JulHandler extends Handler {
    @Override
    public void publish(LogRecord line) {
      if (line.getThrown() != null || line.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue()) {
        fault(line.getLevel() + " " + line.getLoggerName() + ": " + line.getMessage() + " with " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
