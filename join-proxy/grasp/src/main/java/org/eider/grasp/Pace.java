package org.eider.grasp;

import java.util.function.LongSupplier;

/** So many events a second and no more, after a burst of as many as two seconds bring. Safe for many threads. */
final class Pace {
  private static final double NANOS = 1e9;

  private final int perSecond;
  private final LongSupplier nanos;
  private double room;
  private long refilled;

  Pace(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.room = 2.0 * perSecond;
    this.refilled = nanos.getAsLong();
  }

  /** Whether one more may happen now; counts it if so. */
  synchronized boolean allows() {
    long now = nanos.getAsLong();
    room = Math.min(2.0 * perSecond, room + (now - refilled) / NANOS * perSecond);
    refilled = now;
    if (room < 1) {
      return false;
    }
    room--;
    return true;
  }
}
