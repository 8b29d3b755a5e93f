package org.eider.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps floods out of the log: so many lines in a time; how many were left out is told by the next one that is written. */
public final class LineBudget {
  private final Bucket lines;
  private final AtomicLong leftOut = new AtomicLong();

  /** A budget of which nothing is used. */
  public LineBudget(int perSecond, TimeMeter clock) {
    this(perSecond, Duration.ofSeconds(1), clock);
  }

  /** A budget of which nothing is used: {@code most} lines at once, and as many in each {@code time} afterwards, one by one. */
  public LineBudget(int most, Duration time, TimeMeter clock) {
    this.lines = Bucket.builder()
        .addLimit(limit -> limit.capacity(most).refillGreedy(most, time))
        .withCustomTimePrecision(clock)
        .build();
  }

  /** Whether there is room for a line; one that is not written is counted. */
  public boolean allows() {
    boolean room = lines.tryConsume(1);
    if (!room) {
      leftOut.incrementAndGet();
    }
    return room;
  }

  /** How many lines were left out since this was last asked. */
  public long takeLeftOut() {
    return leftOut.getAndSet(0);
  }
}
