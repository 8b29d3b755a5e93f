package org.eider.registrar.store;

import java.util.concurrent.atomic.AtomicLong;

/** Forces what was committed to the medium, once for all who committed before it began: the others wait and go on. */
final class Forcing {
  private final Runnable toMedium;
  private final AtomicLong committed = new AtomicLong();
  /** How many of the committed have been forced; guarded by this. */
  private long forced;

  /** A forcing that does its work by {@code toMedium}, one call at a time. */
  Forcing(Runnable toMedium) {
    this.toMedium = toMedium;
  }

  /** Returns when everything that the calling thread has committed is on the medium. */
  void force() {
    long mine = committed.incrementAndGet();
    synchronized (this) {
      if (forced < mine) {
        long all = committed.get();
        toMedium.run();
        forced = all;
      }
    }
  }
}
