package org.eider.grasp;

import java.time.Duration;

/**
 * How often the same is told again. What is new is told at once, again after one and after four more seconds, since datagrams get lost,
 * and once in a period from then on.
 *
 * @param ttl how long it may be believed; zero for ever
 * @param period from one time to the next
 */
public record FloodTiming(Duration ttl, Duration period) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** As RFC 8995 sections 4.1.1 and 4.3: believed for three minutes, told once in a minute. */
  public static final FloodTiming STANDARD = new FloodTiming(Duration.ofMinutes(3), Duration.ofMinutes(1));

  /** Rejects a period below a second, and times that do not fit 32 bits of milliseconds. */
  public FloodTiming {
    if (period.compareTo(SHORTEST) < 0 || ttl.isNegative() || ttl.toMillis() > Message.MAX_UINT32) {
      throw new IllegalArgumentException("period " + period + " or ttl " + ttl + " out of range");
    }
  }
}
