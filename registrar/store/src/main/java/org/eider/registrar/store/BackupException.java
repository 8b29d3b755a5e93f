package org.eider.registrar.store;

/** A backup could not be made or restored; nothing was left behind. Message and hint are for the operator. */
public final class BackupException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  BackupException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  BackupException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** What the operator can do about it. */
  public String hint() {
    return hint;
  }
}
