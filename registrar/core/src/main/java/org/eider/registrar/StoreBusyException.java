package org.eider.registrar;

import org.slf4j.event.Level;

/**
 * The store cannot do it now and will be able to later, by itself or when there is space on its disk: nothing was recorded, and nothing
 * is broken. Who asked is told to come again (503 with Retry-After).
 */
public final class StoreBusyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** What was tried, and what it has to wait for. */
  public StoreBusyException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  Level level() {
    return Level.WARN;
  }
}
