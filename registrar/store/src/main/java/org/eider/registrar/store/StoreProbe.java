package org.eider.registrar.store;

/**
 * Looks on while the store writes, so that a test can end the process at a given moment. Points are {@code STEP:before} (the
 * transaction has not begun), {@code STEP:inside} (its rows are written, not committed), {@code STEP:logged} (they are in the log, for what is logged), {@code STEP:committed} (not yet
 * forced to the medium) and {@code STEP:after} (durable, the caller does not know yet); STEP is the name of the {@link org.eider.registrar.Journal.Step}
 * of the transaction's last entry. A transaction that is tried again passes {@code inside} again.
 */
@FunctionalInterface
public interface StoreProbe {
  /** Does nothing: what production passes. */
  StoreProbe NONE = point -> {};

  /** Called by the thread that writes; it goes on when this returns. */
  void at(String point);
}
