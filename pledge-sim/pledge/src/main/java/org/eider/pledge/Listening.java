package org.eider.pledge;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long was listened, and for how long not: what was missed has to be made up for before anything else makes deaf again, so that
 * nobody keeps a pledge from hearing others for more than half of the time. Safe for many threads.
 */
final class Listening {
  /** What is owed at most, once it listens: within that time everybody floods. */
  static final Duration MOST_OWED = Duration.ofSeconds(60);

  private final LongSupplier nanos;
  private int pauses;
  private boolean wasPaused;
  private long since;
  private long listened;
  private long owed;

  /** It listens. */
  Listening(LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** Nothing is heard until {@link #resume} was called as often. */
  synchronized void pause() {
    if (pauses++ == 0) {
      listened += span();
      owed = Math.max(0, owed - span());
      since = nanos.getAsLong();
      wasPaused = true;
    }
  }

  synchronized void resume() {
    if (--pauses == 0) {
      owed = Math.min(owed + span(), MOST_OWED.toNanos());
      since = nanos.getAsLong();
    }
  }

  synchronized boolean isPaused() {
    return pauses > 0;
  }

  /** How long was listened, all in all. */
  synchronized Duration total() {
    return Duration.ofNanos(isPaused() ? listened : listened + span());
  }

  /** For how much longer it was deaf than it has listened since. */
  synchronized Duration owed() {
    return Duration.ofNanos(isPaused() ? owed + span() : Math.max(0, owed - span()));
  }

  /** How long to listen before the next pause: until nothing is owed, at least for {@code least}, not at all before the first pause. */
  synchronized Duration rest(Duration least) {
    if (!wasPaused) {
      return Duration.ZERO;
    }
    Duration rest = isPaused() ? least : least.minusNanos(span());
    return rest.compareTo(owed()) > 0 ? rest : owed();
  }

  private long span() {
    return nanos.getAsLong() - since;
  }
}
