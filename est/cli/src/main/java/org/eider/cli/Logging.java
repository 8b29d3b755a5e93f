package org.eider.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/** Configures logging: to standard error, one line each. */
public final class Logging {
  private Logging() {}

  /** For servers: INFO of ours, WARN of libraries. */
  public static void forServer() {
    configure(Level.INFO);
  }

  /** For servers that log {@code ours} and above of our own. */
  public static void forServer(org.slf4j.event.Level ours) {
    configure(Level.convertAnSLF4JLevel(ours));
  }

  /** For commands that end: only what an operator has to know. */
  public static void forCommand() {
    configure(Level.WARN);
  }

  private static void configure(Level ours) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0} %msg %kvp%n%rEx{short}");
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("org.eider").setLevel(ours);
  }
}
