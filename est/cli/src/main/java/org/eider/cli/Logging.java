package org.eider.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Configures logging: to standard error, one line each. */
public final class Logging {
  /** What a line of log looks like. */
  public enum Format {
    /** For people: time, level, logger, message, and {@code key=value} for what is said in keys and values. */
    TEXT,
    /** For programs: one JSON object a line (JSON Lines), keys and values in the array {@code kvpList}. */
    JSON
  }

  private Logging() {}

  /** For servers: INFO of ours, WARN of libraries. */
  public static void forServer() {
    configure(Level.INFO, Format.TEXT);
  }

  /** For servers that log {@code ours} and above of our own. */
  public static void forServer(org.slf4j.event.Level ours) {
    configure(Level.convertAnSLF4JLevel(ours), Format.TEXT);
  }

  /** For servers that log {@code ours} and above of our own, in a format of the operator's choice. */
  public static void forServer(org.slf4j.event.Level ours, Format format) {
    configure(Level.convertAnSLF4JLevel(ours), format);
  }

  /** For commands that end: only what an operator has to know. */
  public static void forCommand() {
    configure(Level.WARN, Format.TEXT);
  }

  private static void configure(Level ours, Format format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context, format));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("org.eider").setLevel(ours);
    // It warns of what its peers do wrong; the lines of our own tell that, and know how many are enough.
    context.getLogger("org.eclipse.californium").setLevel(Level.ERROR);
    // Looks for a hardware address to number channels with, and makes one up where there is none, as in a container.
    context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
  }

  /** An encoder that has been started. */
  static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
    Encoder<ILoggingEvent> encoder = switch (format) {
      case TEXT -> text(context);
      case JSON -> json();
    };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("pairs", KeyValues::new);
    layout.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0} %msg%pairs%n%rEx{short}");
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    return encoder;
  }

  /** The message as it reads, and nothing that says the same on every line. */
  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }
}
