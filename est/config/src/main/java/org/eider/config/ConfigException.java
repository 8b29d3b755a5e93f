package org.eider.config;

/** A configuration that cannot be used; the message names file, line and key. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The known keys or the like, when there is advice to give; else empty. */
  private final String hint;

  ConfigException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  ConfigException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** What to do about it. */
  public String hint() {
    return hint;
  }
}
