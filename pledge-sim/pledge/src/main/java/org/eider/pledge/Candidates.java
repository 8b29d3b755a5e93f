package org.eider.pledge;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.eider.pledge.Lead.Lane;
import org.eider.pledge.Lead.Teller;
import org.eider.pledge.PledgeConfig.Attempts;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * The registrars and join proxies that may still be asked, each with a back-off of its own (RFC 8995 section 4.1). More may come, and go:
 * how it went with one that is gone is remembered, so that it gains nothing by coming again.
 *
 * <p>Those that were found take turns: first the lanes, the preferred transport and GRASP first of all; in a lane the neighbours, whoever
 * had no turn for longest; of a neighbour what it would have first. So nobody waits behind what others make up, however much that is.
 * A neighbour that was not heard for a while keeps its place among those who wait. Registrars of the configuration come last, when nobody else
 * can be asked, nor serves us now, or after others have been asked for a while in vain. For one thread.
 */
final class Candidates {
  /** After so many attempts with those that were found, the configuration has a turn although there are more of them. */
  static final int TURNS_OF_OTHERS = 8;
  private static final int MOST_REMEMBERED = 512;
  static final int MOST_TELLERS = 256;
  private static final long TELLER_REMEMBERED = TimeUnit.MINUTES.toNanos(10);
  /** So much more often than one that fails, one may be left because it got on too slowly. */
  private static final int MOST_LEFT = 8;

  /** One registrar and how it went with it so far. */
  static final class Candidate {
    private final RegistrarAddress registrar;
    private final int order;
    private Set<Teller> tellers = new HashSet<>();
    private int rank = Integer.MAX_VALUE;
    private int refused;
    private int failed;
    private int left;
    private long due;
    private boolean isThere = true;
    private boolean isRunning;

    private Candidate(RegistrarAddress registrar, int order, long due) {
      this.registrar = registrar;
      this.order = order;
      this.due = due;
    }

    RegistrarAddress registrar() {
      return registrar;
    }

    /** Whether somebody tells of it, rather than the configuration. */
    boolean isFound() {
      return !tellers.isEmpty();
    }

    /** The number of the attempt that comes next, from 1. */
    int number() {
      return refused + failed + left + 1;
    }
  }

  /** When a neighbour had its last turn, or came, and when it was last there. */
  private record Place(long turn, long seen) {}

  private final Map<RegistrarAddress, Candidate> all = new LinkedHashMap<>();
  private final Map<Lane, Long> lanes = new HashMap<>();
  private final Map<Teller, Place> tellers = new HashMap<>();
  private final Attempts attempts;
  private final Optional<Scheme> preferred;
  private final PledgeTime time;
  private final RandomGenerator random;
  private long turn;
  private int turnsOfOthers;
  private int order;

  Candidates(List<RegistrarAddress> registrars, Attempts attempts, Optional<Scheme> preferred, PledgeTime time, RandomGenerator random) {
    this.attempts = attempts;
    this.preferred = preferred;
    this.time = time;
    this.random = random;
    registrars.forEach(this::known);
  }

  private Candidate known(RegistrarAddress registrar) {
    return all.computeIfAbsent(registrar, any -> new Candidate(registrar, order++, time.nanos().getAsLong()));
  }

  /** Replaces those that are there: what was found, and those that were given by hand. */
  void found(Collection<Lead> leads, List<RegistrarAddress> configured) {
    all.values().forEach(candidate -> {
      candidate.isThere = false;
      candidate.rank = Integer.MAX_VALUE;
      candidate.tellers = new HashSet<>();
    });
    for (Lead lead : leads) {
      Candidate candidate = known(lead.proxy());
      candidate.isThere = true;
      candidate.rank = Math.min(candidate.rank, lead.rank());
      candidate.tellers.add(lead.teller());
    }
    configured.forEach(registrar -> known(registrar).isThere = true);
    all.values().removeIf(candidate -> !candidate.isThere && !candidate.isRunning && (candidate.number() == 1 || all.size() > MOST_REMEMBERED));
    Set<Teller> telling = new HashSet<>();
    leads.forEach(lead -> telling.add(lead.teller()));
    seat(telling);
  }

  /** Whoever is here has a place; those who are not keep theirs for a while, the longer they have waited the rather. */
  private void seat(Set<Teller> telling) {
    long now = time.nanos().getAsLong();
    telling.forEach(teller -> tellers.merge(teller, new Place(turn, now), (before, any) -> new Place(before.turn, now)));
    tellers.values().removeIf(place -> now - place.seen > TELLER_REMEMBERED);
    if (tellers.size() > MOST_TELLERS) {
      List<Teller> away = tellers.keySet().stream().filter(teller -> !telling.contains(teller))
          .sorted(Comparator.<Teller>comparingLong(teller -> tellers.get(teller).turn).reversed()).toList();
      away.stream().limit(tellers.size() - MOST_TELLERS).forEach(tellers::remove);
    }
  }

  /**
   * Whose turn is next, of those whose time has come and that are suitable.
   *
   * @param isServed whether somebody that was found is being asked and answers: then those of the configuration wait
   */
  Optional<Candidate> due(Predicate<RegistrarAddress> suitable, boolean isServed) {
    long now = time.nanos().getAsLong();
    Optional<Candidate> configured = dueNow().filter(candidate -> !candidate.isFound() && suitable.test(candidate.registrar))
        .min(Comparator.<Candidate>comparingLong(candidate -> candidate.due - now).thenComparingInt(candidate -> candidate.order));
    if (configured.isPresent() && (turnsOfOthers >= TURNS_OF_OTHERS || !isServed && !isFoundDue())) {
      return configured;
    }
    return dueFound(suitable);
  }

  /** The same, of those that were found. */
  Optional<Candidate> dueFound(Predicate<RegistrarAddress> suitable) {
    List<Candidate> due = dueNow().filter(candidate -> suitable.test(candidate.registrar)).toList();
    return nextTeller(due).flatMap(teller -> best(due, teller));
  }

  /** Whether the time of somebody has come that was found, suitable or not. */
  boolean isFoundDue() {
    return dueNow().anyMatch(Candidate::isFound);
  }

  private Stream<Candidate> dueNow() {
    long now = time.nanos().getAsLong();
    return all.values().stream().filter(candidate -> isWorthwhile(candidate) && candidate.due - now <= 0);
  }

  private Optional<Teller> nextTeller(List<Candidate> due) {
    return tellers.keySet().stream().filter(teller -> best(due, teller).isPresent())
        .min(Comparator.<Teller>comparingLong(teller -> lanes.getOrDefault(teller.lane(), -1L))
            .thenComparing(teller -> preferred.filter(scheme -> scheme != teller.lane().scheme()).isPresent())
            .thenComparing(teller -> teller.lane().method())
            .thenComparing(teller -> teller.lane().scheme())
            .thenComparingLong(teller -> tellers.get(teller).turn)
            .thenComparingInt(teller -> best(due, teller).map(candidate -> candidate.rank).orElse(0)));
  }

  /** What a neighbour would have first, and was not asked for longest. */
  private Optional<Candidate> best(List<Candidate> due, Teller teller) {
    long now = time.nanos().getAsLong();
    return due.stream().filter(candidate -> candidate.tellers.contains(teller))
        .min(Comparator.<Candidate>comparingInt(candidate -> candidate.rank).thenComparingLong(candidate -> candidate.due - now));
  }

  /** Its attempt begins: that was a turn of those who told of it. */
  void begins(Candidate candidate) {
    candidate.isRunning = true;
    turn++;
    Optional<Teller> served = nextTeller(List.of(candidate));
    served.ifPresent(teller -> {
      lanes.put(teller.lane(), turn);
      tellers.put(teller, new Place(turn, time.nanos().getAsLong()));
    });
    turnsOfOthers = served.isPresent() ? turnsOfOthers + 1 : 0;
  }

  /**
   * Who is worth another attempt and can be asked first; empty when nobody is worth one.
   *
   * @param hold for how long somebody cannot be asked, due or not
   */
  Optional<Candidate> soonest(Function<Candidate, Duration> hold) {
    long now = time.nanos().getAsLong();
    return all.values().stream().filter(this::isWorthwhile)
        .min(Comparator.comparingLong(candidate -> Math.max(candidate.due - now, hold.apply(candidate).toNanos())));
  }

  /** How long to wait before it is due. */
  Duration until(Candidate candidate) {
    return Duration.ofNanos(Math.max(0, candidate.due - time.nanos().getAsLong()));
  }

  /** Whether somebody else could be asked now. */
  boolean hasOther(Candidate than) {
    return all.values().stream().anyMatch(candidate -> candidate != than && isWorthwhile(candidate) && until(candidate).isZero());
  }

  private boolean isWorthwhile(Candidate candidate) {
    return candidate.isThere && !candidate.isRunning && candidate.refused < attempts.refused() && candidate.failed < attempts.failed()
        && candidate.left < (long) attempts.failed() + MOST_LEFT;
  }

  /** Notes a setback and when to come back. */
  void setBack(Candidate candidate, PledgeReason reason) {
    if (reason.passing()) {
      candidate.failed++;
    } else {
      candidate.refused++;
    }
    backOff(candidate);
  }

  /** Notes that it was left in favour of others, and when to come back. */
  void left(Candidate candidate) {
    candidate.left++;
    backOff(candidate);
  }

  private void backOff(Candidate candidate) {
    candidate.isRunning = false;
    candidate.due = time.nanos().getAsLong() + delay(candidate.refused + candidate.failed + candidate.left).toNanos();
  }

  private Duration delay(int setbacks) {
    double doubled = attempts.first().toMillis() * Math.pow(2, Math.min(setbacks - 1, 32));
    double capped = Math.min(doubled, Attempts.LONGEST.toMillis());
    return Duration.ofMillis((long) (capped * (0.5 + random.nextDouble() / 2)));
  }
}
