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
 * time for which a registrar has put it off. So that nobody is kept from being heard, such an attempt is left as well when it has not got on and
 * was deaf for those five seconds, and what was missed is made up for before the next. For one thread.
 */
final class Pursuit {
  static final int MOST = 4;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long APART = 3 * SECOND;
  private static final long APART_MORE = 2 * SECOND;
  private static final long NO_PROGRESS = 5 * SECOND;
  /** For how long "later" is an answer for which the configured registrars wait. */
  private static final long PUT_OFF = TimeUnit.MINUTES.toNanos(10);
  private static final Duration LOOK = Duration.ofMillis(200);

  private final PledgeConfig config;
  private final Search search;
  private final RegistrarLink.Opener opener;
  private final Progress progress;
  private final StepLog steps;
  private final Candidates candidates;
  private final Stage stage;
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
    this.stage = new Stage(progress);
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
    Optional<Enrolled> enrolled = enrolled(over());
    if (enrolled.isPresent()) {
      return Pledge.done(enrolled.get(), steps);
    }
    return Pledge.refused(Optional.of(config.device().serialNumber()), worst, steps);
  }

  private boolean isTimeForTheConfigured() {
    return search.left().isZero() || search.hasHeard();
  }

  /** Takes in what has come of attempts that are over. */
  private Optional<Enrolled> reap() throws SetbackException {
    List<Attempt> over = over();
    Optional<Enrolled> enrolled = enrolled(over);
    if (enrolled.isEmpty()) {
      for (Attempt attempt : over) {
        takeIn(attempt, attempt.outcome().flatMap(Outcome::setback).orElseThrow());
      }
    }
    return enrolled;
  }

  /** Those that run no more, which are forgotten. */
  private List<Attempt> over() {
    List<Attempt> over = running.stream().filter(attempt -> attempt.outcome().isPresent()).toList();
    running.removeAll(over);
    over.forEach(attempt -> {
      stage.leave(attempt);
      steps.take(attempt.steps());
    });
    return over;
  }

  private static Optional<Enrolled> enrolled(List<Attempt> over) {
    return over.stream().flatMap(attempt -> attempt.outcome().flatMap(Outcome::enrolled).stream()).findFirst();
  }

  private void takeIn(Attempt attempt, SetbackException setback) throws SetbackException {
    if (attempt.isLeft()) {
      if (attempt.isLeftToListen() && !attempt.isConnected()) {
        candidates.setBack(attempt.candidate(), PledgeReason.UNREACHABLE);
      } else {
        candidates.left(attempt.candidate());
      }
      String why = attempt.isLeftToListen() ? " did not get on, and nobody else could be heard" : " did not get on while others were waiting";
      Refusal slow = new Refusal(PledgeReason.UNREACHABLE, attempt.candidate().registrar() + why);
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
      Optional<Attempt> inTheWay = running.stream().filter(attempt -> isStalled(attempt) && isPlaceNeeded(attempt))
          .min(Comparator.comparingLong(attempt -> attempt.since() - began));
      inTheWay.ifPresentOrElse(Attempt::leave,
          () -> running.stream().filter(attempt -> isStalled(attempt) && isDeafening(attempt)).forEach(Attempt::leaveToListen));
    }
  }

  /** Those of the configuration do not need the place of somebody who was found and answers. */
  private boolean isPlaceNeeded(Attempt attempt) {
    Predicate<RegistrarAddress> inNeed =
        waiting -> running.size() >= MOST && isSuitable(waiting) || attempt.isOverUdp() && waiting.scheme() == Scheme.COAPS;
    return candidates.dueFound(inNeed).isPresent() || !isServed(attempt) && candidates.due(inNeed, isServed()).isPresent();
  }

  private boolean isDeafening(Attempt attempt) {
    return attempt.isOverUdp() && search.owed().toNanos() >= patience(attempt);
  }

  private boolean isStalled(Attempt attempt) {
    return now() - attempt.gotOn() >= patience(attempt);
  }

  private static long patience(Attempt attempt) {
    return NO_PROGRESS << Math.min(attempt.number() - 1, 16);
  }

  private boolean isServed() {
    return running.stream().anyMatch(this::isServed);
  }

  /** Whether somebody who was found answers us, if only by "later". */
  private boolean isServed(Attempt attempt) {
    boolean isAnswering = attempt.isPutOff() || now() - attempt.heardFrom() < patience(attempt);
    return attempt.isFound() && !attempt.isLeft() && isAnswering && now() - attempt.gotOn() < PUT_OFF;
  }

  private boolean isSuitable(RegistrarAddress next) {
    return next.scheme() != Scheme.COAPS || running.stream().noneMatch(Attempt::isOverUdp) && rest().isZero();
  }

  /** How long to listen before the next attempt over CoAPS. */
  private Duration rest() {
    return search.rest(Duration.ofNanos(apart));
  }

  /** How long somebody cannot be asked while nobody is being asked: because we listen, or because of others for whom we do. */
  private Duration hold(Candidate candidate) {
    boolean isHeld = candidate.registrar().scheme() == Scheme.COAPS || !candidate.isFound() && candidates.isFoundDue();
    return isHeld ? rest() : Duration.ZERO;
  }

  private void begin() {
    long last = running.stream().mapToLong(Attempt::gotOn).map(at -> at - began).max().orElse(0) + began;
    boolean isTime = running.isEmpty() || running.size() < MOST && now() - last >= apart && now() - began >= apart;
    if (isTime && stage.imprinted().isEmpty()) {
      candidates.due(this::isSuitable, isServed()).ifPresent(this::begin);
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
    return running.isEmpty() && candidates.soonest(this::hold).isEmpty() && search.left().isZero();
  }

  private void await() throws SetbackException {
    if (!running.isEmpty()) {
      search.await(LOOK);
      return;
    }
    Optional<Candidate> next = candidates.soonest(this::hold);
    Duration delay = next.map(this::until).orElseGet(search::left);
    progress.waits(delay, next.map(candidate -> "before asking " + candidate.registrar() + " again").orElse("listening for join proxies"));
    search.await(delay);
  }

  private Duration until(Candidate candidate) {
    Duration until = candidates.until(candidate);
    return until.compareTo(hold(candidate)) > 0 ? until : hold(candidate);
  }

  private long now() {
    return config.time().nanos().getAsLong();
  }
}
