package org.eider.pledge;

import java.time.Duration;

/**
 * Waits between identical requests: as long as the registrar says, at most 60 s at a time (RFC 8995 section 5.6), until the device
 * has waited long enough.
 */
final class Patience {
  /** The longest single wait, whatever the registrar asks for. */
  static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final PledgeTime time;
  private final Progress progress;
  private final Duration total;
  private final long since;

  Patience(PledgeTime time, Progress progress, Duration total) {
    this.time = time;
    this.progress = progress;
    this.total = total;
    this.since = time.nanos().getAsLong();
  }

  /** Waits once. */
  void await(Duration asked, String what) throws SetbackException {
    Duration delay = asked.compareTo(LONGEST) > 0 ? LONGEST : asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked;
    Duration spent = Duration.ofNanos(time.nanos().getAsLong() - since);
    if (spent.plus(delay).compareTo(total) > 0) {
      throw new SetbackException(PledgeReason.OUT_OF_PATIENCE, what + " was put off for longer than " + total.toSeconds() + " s");
    }
    progress.waits(delay, what + " is put off");
    sleep(time, delay);
    progress.waited();
  }

  static void sleep(PledgeTime time, Duration delay) throws SetbackException {
    try {
      time.pause().sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SetbackException(PledgeReason.GAVE_UP, "stopped while waiting", e);
    }
  }
}
