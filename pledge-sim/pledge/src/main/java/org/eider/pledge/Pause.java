package org.eider.pledge;

import java.time.Duration;

/** How the pledge waits; tests pass one that only counts. */
@FunctionalInterface
public interface Pause {
  /** Returns after {@code duration}. */
  void sleep(Duration duration) throws InterruptedException;

  /** Really waits. */
  static Pause real() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
