package org.eider.proxy;

import java.util.concurrent.TimeUnit;

/** A token bucket. Not thread-safe. */
final class Pace {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final double perNano;
  private final double burst;
  private double tokens;
  private long last;

  /** A full one. */
  Pace(int perSecond, int burst, long now) {
    this.perNano = perSecond / (double) SECOND;
    this.burst = burst;
    this.tokens = burst;
    this.last = now;
  }

  /** Takes a token, if there is one. */
  boolean allows(long now) {
    tokens = Math.min(burst, tokens + (now - last) * perNano);
    last = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
