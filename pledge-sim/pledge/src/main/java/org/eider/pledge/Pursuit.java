package org.eider.pledge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eider.est.Refusal;
import org.eider.pledge.Attempt.Outcome;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeState.Enrolled;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * An onboarding through join proxies that are being looked for (RFC 8995 section 4.1). Up to {@value #MOST} attempts run at a time, over CoAPS
 * one; the next begins 3 to 5 s after the last one began or got on. When somebody else is waiting and there is no room, the oldest attempt
 * that has not got on for five seconds is left (section 5.1), and is given twice that time when its turn comes again. Once an attempt has
 * a good voucher for its registrar all others end.
 *
 * <p>While an attempt over CoAPS runs nothing is looked for, so that no other UDP port is open (constrained-join-proxy section 7), but for the
 * time for which a registrar has put it off. For one thread.
 */
final class Pursuit {
  static final int MOST = 4;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long APART = 3 * SECOND;
  private static final long APART_MORE = 2 * SECOND;
  private static final long NO_PROGRESS = 5 * SECOND;
  private static final Duration LOOK = Duration.ofMillis(200);

  private final PledgeConfig config;
  private final Search search;
  private final RegistrarLink.Opener opener;
  private final Progress progress;
  private final StepLog steps;
  private final Candidates candidates;
  private final Attempt.Stage stage;
  private final List<Attempt> running = new ArrayList<>();
  private Optional<Refusal> worst = Optional.empty();
  private long began;
  private long apart;

  Pursuit(PledgeConfig config, Search search, RegistrarLink.Opener opener, Progress progress) {
    this.config = config;
    this.search = search;
    this.opener = opener;
    this.progress = progress;
    this.steps = new StepLog(config.time(), progress);
    this.candidates = new Candidates(List.of(), config.attempts(), Optional.of(search.preferred()), config.time(), config.random());
    this.stage = new Attempt.Stage(progress);
  }

  Onboarding run() {
    try {
      while (true) {
        candidates.found(search.now(), isTimeForTheConfigured() ? config.registrars() : List.of());
        Optional<Enrolled> enrolled = reap();
        if (enrolled.isPresent()) {
          return Pledge.done(enrolled.get(), steps);
        }
        leaveWhoIsInTheWay();
        begin();
        if (isOver()) {
          break;
        }
        await();
      }
      if (worst.isEmpty()) {
        worst = Optional.of(new Refusal(PledgeReason.NOTHING_HEARD, "no join proxy heard of by " + search));
      }
    } catch (SetbackException gaveUp) {
      worst = Optional.of(Attempting.tellingOf(worst, gaveUp.refusal()));
    } finally {
      running.forEach(Attempt::leave);
      running.forEach(Attempt::join);
    }
    return Pledge.refused(Optional.of(config.device().serialNumber()), worst, steps);
  }

  private boolean isTimeForTheConfigured() {
    return search.left().isZero() || search.hasHeard();
  }

  /** Takes in what has come of attempts that are over. */
  private Optional<Enrolled> reap() throws SetbackException {
    for (Attempt attempt : List.copyOf(running)) {
      Optional<Outcome> over = attempt.outcome();
      if (over.isPresent()) {
        running.remove(attempt);
        stage.leave(attempt);
        steps.take(attempt.steps());
        if (over.get().enrolled().isPresent()) {
          return over.get().enrolled();
        }
        takeIn(attempt, over.get().setback().orElseThrow());
      }
    }
    return Optional.empty();
  }

  private void takeIn(Attempt attempt, SetbackException setback) throws SetbackException {
    if (attempt.isLeft()) {
      candidates.left(attempt.candidate());
      Refusal slow = new Refusal(PledgeReason.UNREACHABLE, attempt.candidate().registrar() + " did not get on while others were waiting");
      worst = Optional.of(Attempting.tellingOf(worst, slow));
    } else if (setback.reason() == PledgeReason.GAVE_UP) {
      throw setback;
    } else {
      candidates.setBack(attempt.candidate(), setback.reason());
      worst = Optional.of(Attempting.tellingOf(worst, setback.refusal()));
    }
  }

  /** The attempts that others lose against, or that others have to make room for. */
  private void leaveWhoIsInTheWay() {
    Optional<Attempt> imprinted = stage.imprinted();
    if (imprinted.isPresent()) {
      running.stream().filter(attempt -> attempt != imprinted.get()).forEach(Attempt::leave);
    } else if (running.stream().noneMatch(Attempt::isLeft)) {
      running.stream().filter(attempt -> isStalled(attempt) && candidates.due(whoeverNeedsThePlaceOf(attempt)).isPresent())
          .min(Comparator.comparingLong(attempt -> attempt.since() - began)).ifPresent(Attempt::leave);
    }
  }

  private Predicate<RegistrarAddress> whoeverNeedsThePlaceOf(Attempt attempt) {
    return waiting -> running.size() >= MOST && isSuitable(waiting) || attempt.isOverUdp() && waiting.scheme() == Scheme.COAPS;
  }

  private boolean isStalled(Attempt attempt) {
    long patience = NO_PROGRESS << Math.min(attempt.number() - 1, 16);
    return now() - attempt.gotOn() >= patience;
  }

  private boolean isSuitable(RegistrarAddress next) {
    return next.scheme() != Scheme.COAPS || running.stream().noneMatch(Attempt::isOverUdp);
  }

  private void begin() {
    long last = running.stream().mapToLong(Attempt::gotOn).map(at -> at - began).max().orElse(0) + began;
    boolean isTime = running.isEmpty() || running.size() < MOST && now() - last >= apart && now() - began >= apart;
    if (isTime && stage.imprinted().isEmpty()) {
      candidates.due(this::isSuitable).ifPresent(this::begin);
    }
  }

  private void begin(Candidate candidate) {
    Attempt attempt = new Attempt(config, candidate, opener, search, stage);
    candidates.begins(candidate);
    running.add(attempt);
    began = now();
    apart = APART + config.random().nextLong(APART_MORE);
    attempt.begin();
  }

  private boolean isOver() {
    return running.isEmpty() && candidates.soonest().isEmpty() && search.left().isZero();
  }

  private void await() throws SetbackException {
    if (!running.isEmpty()) {
      search.await(LOOK);
      return;
    }
    Optional<Candidate> next = candidates.soonest();
    Duration delay = next.map(candidates::until).orElseGet(search::left);
    progress.waits(delay, next.map(candidate -> "before asking " + candidate.registrar() + " again").orElse("listening for join proxies"));
    search.await(delay);
  }

  private long now() {
    return config.time().nanos().getAsLong();
  }
}
