package org.eider.registrar;

/** The store is not to be had, or refused; nothing was recorded. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was tried, and what the store said. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
