package org.eider.registrar.store;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Forces what was committed to the medium, once for all who committed before it began: the others wait and go on. */
final class Forcing {
  private final Runnable toMedium;
  private final AtomicLong committed = new AtomicLong();
  /** How many of the committed have been forced; guarded by this. */
  private long forced;
  /** Guarded by this. */
  private Optional<RuntimeException> failure = Optional.empty();

  /** A forcing that does its work by {@code toMedium}, one call at a time. */
  Forcing(Runnable toMedium) {
    this.toMedium = toMedium;
  }

  /**
   * Returns when everything that the calling thread has committed is on the medium. What failed once fails for good: the system tells of
   * a write that it could not do once only, and forcing again would succeed.
   */
  void force() {
    long mine = committed.incrementAndGet();
    synchronized (this) {
      if (forced < mine) {
        failure.ifPresent(known -> {
          throw known;
        });
        long all = committed.get();
        try {
          toMedium.run();
        } catch (RuntimeException e) {
          failure = Optional.of(e);
          throw e;
        }
        forced = all;
      }
    }
  }
}
