package org.eider.registrar.store;

/** The store cannot be opened; we have changed nothing, H2 may have written to a damaged file. Message and hint are for the operator. */
public final class StoreUnavailable extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  StoreUnavailable(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  StoreUnavailable(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** What the operator can do about it. */
  public String hint() {
    return hint;
  }
}
