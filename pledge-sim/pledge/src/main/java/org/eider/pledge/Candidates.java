package org.eider.pledge;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.eider.pledge.PledgeConfig.Attempts;

/**
 * The registrars and join proxies that may still be asked, each with a back-off of its own (RFC 8995 section 4.1). More may come, and go:
 * how it went with one that is gone is remembered, so that it gains nothing by coming again. For one thread.
 */
final class Candidates {
  private static final int MOST_REMEMBERED = 512;

  /** One registrar and how it went with it so far. */
  static final class Candidate {
    private final RegistrarAddress registrar;
    private int refused;
    private int failed;
    private long due;
    private int rank;
    private boolean isThere = true;

    private Candidate(RegistrarAddress registrar, int rank, long due) {
      this.registrar = registrar;
      this.rank = rank;
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

  private final Map<RegistrarAddress, Candidate> all = new LinkedHashMap<>();
  private final Attempts attempts;
  private final PledgeTime time;
  private final RandomGenerator random;

  Candidates(List<RegistrarAddress> registrars, Attempts attempts, PledgeTime time, RandomGenerator random) {
    this.attempts = attempts;
    this.time = time;
    this.random = random;
    add(registrars, 0);
  }

  /** More of them, which are there from now on. */
  void add(List<RegistrarAddress> registrars, int rank) {
    long now = time.nanos().getAsLong();
    registrars.forEach(registrar -> all.computeIfAbsent(registrar, any -> new Candidate(registrar, rank, now)));
  }

  /** Replaces those that were found by those that are found now; those that were given by hand have to be told with them. */
  void found(Map<RegistrarAddress, Integer> ranks) {
    long now = time.nanos().getAsLong();
    all.values().forEach(candidate -> candidate.isThere = false);
    ranks.forEach((registrar, rank) -> {
      Candidate candidate = all.computeIfAbsent(registrar, any -> new Candidate(registrar, rank, now));
      candidate.isThere = true;
      candidate.rank = rank;
    });
    all.values().removeIf(candidate -> !candidate.isThere && (candidate.number() == 1 || all.size() > MOST_REMEMBERED));
  }

  /** Whose turn is next: of those whose time has come the one of the lowest rank, else the first whose time will come. */
  Optional<Candidate> next() {
    long now = time.nanos().getAsLong();
    List<Candidate> worthwhile = all.values().stream().filter(this::isWorthwhile).toList();
    return worthwhile.stream().filter(candidate -> candidate.due - now <= 0)
        .min(Comparator.<Candidate>comparingInt(candidate -> candidate.rank).thenComparingLong(candidate -> candidate.due - now))
        .or(() -> worthwhile.stream().min(Comparator.comparingLong(candidate -> candidate.due - now)));
  }

  /** Whether somebody else could be asked now. */
  boolean hasOther(Candidate than) {
    return all.values().stream().anyMatch(candidate -> candidate != than && isWorthwhile(candidate) && until(candidate).isZero());
  }

  private boolean isWorthwhile(Candidate candidate) {
    return candidate.isThere && candidate.refused < attempts.refused() && candidate.failed < attempts.failed();
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
