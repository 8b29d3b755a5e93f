package org.eider.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What one source has used of what it may use. Safe for many threads. */
public final class Quota {
  private final SourceLimits limits;
  private final int mostInFlight;
  private final Optional<Bucket> handshakes;
  private final Optional<Bucket> requests;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * A quota of which nothing is used.
   *
   * @param room workers and queue together
   */
  public Quota(SourceLimits limits, int room, TimeMeter clock) {
    this.limits = limits;
    this.mostInFlight = Math.max(1, (int) ((long) room * limits.share() / 100));
    this.handshakes = bucket(limits.handshakes(), clock);
    this.requests = bucket(limits.requests(), clock);
  }

  /** How many connections the source may have. */
  public int connections() {
    return limits.connections();
  }

  /** Whether the source may begin one more handshake now; counts it if so. */
  public boolean handshake() {
    return handshakes.map(bucket -> bucket.tryConsume(1)).orElse(true);
  }

  /** Whether the source may make one more request now; counts it if so. */
  public boolean request() {
    return requests.map(bucket -> bucket.tryConsume(1)).orElse(true);
  }

  /** Counts a request in, unless there are too many; {@link #landed} counts it out. */
  public boolean takesOff() {
    if (inFlight.incrementAndGet() > mostInFlight) {
      inFlight.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Counts a request out that {@link #takesOff} has counted in. */
  public void landed() {
    inFlight.decrementAndGet();
  }

  private static Optional<Bucket> bucket(SourceLimits.Rate rate, TimeMeter clock) {
    return rate.isAny() ? Optional.empty() : Optional.of(Bucket.builder()
        .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(rate.perSecond(), java.time.Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build());
  }
}
