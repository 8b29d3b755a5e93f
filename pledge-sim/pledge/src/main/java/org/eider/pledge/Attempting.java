package org.eider.pledge;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.eider.est.Refusal;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeState.Searching;

/** The attempts of one onboarding with registrars that are known, one after the other (RFC 8995 section 4.1). For one thread. */
final class Attempting {
  private final PledgeConfig config;
  private final Function<Boolean, RegistrarLink.Opener> openers;
  private final Progress progress;
  private final StepLog steps;
  private final Candidates candidates;
  private Optional<Refusal> worst = Optional.empty();

  /**
   * Attempts that have not begun.
   *
   * @param openers what opens connections: in a hurry, since somebody else could be asked as well, or not
   */
  Attempting(PledgeConfig config, Function<Boolean, RegistrarLink.Opener> openers, Progress progress) {
    this.config = config;
    this.openers = openers;
    this.progress = progress;
    this.steps = new StepLog(config.time(), progress);
    this.candidates = new Candidates(config.registrars(), config.attempts(), Optional.empty(), config.time(), config.random());
  }

  Onboarding run() {
    try {
      for (Optional<Candidate> next = next(); next.isPresent(); next = next()) {
        Candidate candidate = next.get();
        try {
          return attempt(candidate);
        } catch (SetbackException e) {
          if (e.reason() == PledgeReason.GAVE_UP) {
            throw e;
          }
          worst = Optional.of(tellingOf(worst, e.refusal()));
          candidates.setBack(candidate, e.reason());
        }
      }
    } catch (SetbackException gaveUp) {
      worst = Optional.of(tellingOf(worst, gaveUp.refusal()));
    }
    return Pledge.refused(Optional.of(config.device().serialNumber()), worst, steps);
  }

  private Onboarding attempt(Candidate candidate) throws SetbackException {
    progress.attempt(candidate.registrar(), candidate.number());
    boolean isHurried = candidates.hasOther(candidate);
    candidates.begins(candidate);
    PledgeFlow flow = new PledgeFlow(config, openers.apply(isHurried), steps, progress, () -> true);
    return Pledge.done(flow.attempt(new Searching(config.device()), candidate.registrar()), steps);
  }

  /** Whoever is to be asked now, after having waited for that; empty when nobody is worth another attempt. */
  private Optional<Candidate> next() throws SetbackException {
    Optional<Candidate> next = candidates.due(any -> true, false);
    while (next.isEmpty() && candidates.soonest(any -> Duration.ZERO).isPresent()) {
      Candidate soonest = candidates.soonest(any -> Duration.ZERO).get();
      progress.waits(candidates.until(soonest), "before asking " + soonest.registrar() + " again");
      Patience.sleep(config.time(), candidates.until(soonest));
      next = candidates.due(any -> true, false);
    }
    return next;
  }

  /** Of two refusals the one that tells more: a registrar that spoke before one that could not be reached, the later one otherwise. */
  static Refusal tellingOf(Optional<Refusal> before, Refusal now) {
    return before.isPresent() && now.reason() == PledgeReason.UNREACHABLE ? before.get() : now;
  }
}
