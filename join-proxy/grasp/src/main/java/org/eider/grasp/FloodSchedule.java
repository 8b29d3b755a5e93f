package org.eider.grasp;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** When what is told is told next; for one thread. Times are nanoseconds of one clock. */
final class FloodSchedule {
  private static final List<Long> QUICK = List.of(TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(4));
  private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final long period;
  private int told;
  private boolean isAnyTold;
  private long last;
  private long next;

  FloodSchedule(FloodTiming timing, long now) {
    this.period = timing.period().toNanos();
    this.next = now;
  }

  /** Something changed: now, but never twice within a second. */
  void restart(long now) {
    told = 0;
    next = isAnyTold ? Math.max(now, last + SHORTEST_PAUSE) : now;
  }

  /** Somebody asked: soon, and the quick repetitions are not made for it. */
  void hurry(long now) {
    next = Math.min(next, isAnyTold ? Math.max(now, last + SHORTEST_PAUSE) : now);
  }

  /** How long from now until it is time; zero when it is. */
  long until(long now) {
    return Math.max(0, next - now);
  }

  /** It has been told now. */
  void told(long now) {
    next = now + (told < QUICK.size() ? Math.min(QUICK.get(told), period) : period);
    told++;
    last = now;
    isAnyTold = true;
  }
}
