package org.eider.registrar;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When a MASA is asked again; spread at random, so that many that failed together do not return together. */
final class MasaRetries {
  private static final Duration FIRST = Duration.ofSeconds(5);
  /** RFC 8995 section 5.6: a pledge waits no longer, so neither do we. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final RandomGenerator random;

  MasaRetries(RandomGenerator random) {
    this.random = random;
  }

  /**
   * How long to wait after the {@code attempts}th attempt: 5, 10, 20, 40, then 60 s, less up to a fifth; where the MASA says how long, that
   * and up to a tenth more, from at most 60 s.
   */
  Duration pause(int attempts, Optional<Duration> demanded) {
    if (demanded.isPresent()) {
      long millis = Math.min(demanded.get().toMillis(), LONGEST.toMillis());
      return Duration.ofMillis(millis + random.nextLong(millis / 10 + 1));
    }
    long doubled = FIRST.toMillis() << Math.min(attempts - 1, 10);
    long millis = Math.min(doubled, LONGEST.toMillis());
    return Duration.ofMillis(millis - random.nextLong(millis / 5 + 1));
  }
}
