package org.eider.registrar.server.config;

import java.util.Locale;

/**
 * The log.
 *
 * @param level how much of ours is logged
 * @param format what a line looks like
 */
public record LogSettings(Level level, Format format) {
  /** What a line looks like. */
  public enum Format {
    /** For people, with {@code key=value}. */
    TEXT,
    /** One JSON object a line. */
    JSON;

    /** The name in the file. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How much. */
  public enum Level {
    /** What failed through our own fault. */
    ERROR,
    /** And what an operator has to act on. */
    WARN,
    /** And one line for every exchange. */
    INFO,
    /** And what helps to find a fault. */
    DEBUG;

    /** The name in the file. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
