package org.eider.registrar.server.admin;

import java.io.IOException;

/** The registrar is there and cannot do what was asked. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  /** What went wrong, and what to do about it. */
  public RefusedException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** The same, and why. */
  public RefusedException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** What to do about it. */
  public String hint() {
    return hint;
  }
}
