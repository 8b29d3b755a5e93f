package org.eider.pledge;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.eider.pledge.PledgeConfig.Attempts;

/** The registrars that may still be asked, each with a back-off of its own (RFC 8995 section 4.1). For one thread. */
final class Candidates {
  /** One registrar and how it went with it so far. */
  static final class Candidate {
    private final RegistrarAddress registrar;
    private int refused;
    private int failed;
    private long due;

    private Candidate(RegistrarAddress registrar, long due) {
      this.registrar = registrar;
      this.due = due;
    }

    RegistrarAddress registrar() {
      return registrar;
    }

    /** The number of the attempt that comes next, from 1. */
    int number() {
      return refused + failed + 1;
    }
  }

  private final List<Candidate> all;
  private final Attempts attempts;
  private final PledgeTime time;
  private final RandomGenerator random;

  Candidates(List<RegistrarAddress> registrars, Attempts attempts, PledgeTime time, RandomGenerator random) {
    long now = time.nanos().getAsLong();
    this.all = registrars.stream().map(registrar -> new Candidate(registrar, now)).toList();
    this.attempts = attempts;
    this.time = time;
    this.random = random;
  }

  /** Whose turn is next; empty when nobody is worth another attempt. */
  Optional<Candidate> next() {
    long now = time.nanos().getAsLong();
    return all.stream()
        .filter(candidate -> candidate.refused < attempts.refused() && candidate.failed < attempts.failed())
        .min(Comparator.comparingLong(candidate -> candidate.due - now));
  }

  /** How long to wait before that turn. */
  Duration until(Candidate candidate) {
    return Duration.ofNanos(Math.max(0, candidate.due - time.nanos().getAsLong()));
  }

  /** Notes a setback and when to come back. */
  void setBack(Candidate candidate, PledgeReason reason) {
    if (reason.passing()) {
      candidate.failed++;
    } else {
      candidate.refused++;
    }
    candidate.due = time.nanos().getAsLong() + delay(candidate.refused + candidate.failed).toNanos();
  }

  private Duration delay(int setbacks) {
    double doubled = attempts.first().toMillis() * Math.pow(2, Math.min(setbacks - 1, 32));
    double capped = Math.min(doubled, Attempts.LONGEST.toMillis());
    return Duration.ofMillis((long) (capped * (0.5 + random.nextDouble() / 2)));
  }
}
