package org.eider.registrar;

import org.slf4j.event.Level;

/** The store is not to be had, or refused; nothing was recorded. */
public sealed class StoreException extends RuntimeException permits StoreBusyException {
  private static final long serialVersionUID = 1L;

  /** What was tried, and what the store said. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** How loud it is to be logged: an operator has to do something about what is broken. */
  Level level() {
    return Level.ERROR;
  }
}
