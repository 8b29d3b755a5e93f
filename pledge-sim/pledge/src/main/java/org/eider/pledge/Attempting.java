package org.eider.pledge;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.eider.est.Refusal;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeState.Searching;

/** The attempts of one onboarding, one after the other, with whoever is worth it (RFC 8995 section 4.1). For one thread. */
final class Attempting {
  private final PledgeConfig config;
  private final Optional<Search> search;
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
  Attempting(PledgeConfig config, Optional<Search> search, Function<Boolean, RegistrarLink.Opener> openers, Progress progress) {
    this.config = config;
    this.search = search;
    this.openers = openers;
    this.progress = progress;
    this.steps = new StepLog(config.time(), progress);
    this.candidates = new Candidates(search.isPresent() ? List.of() : config.registrars(), config.attempts(), config.time(), config.random());
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
      search.filter(looking -> worst.isEmpty()).ifPresent(looking -> worst = Optional.of(
          new Refusal(PledgeReason.NOTHING_HEARD, "no join proxy heard of by " + looking)));
    } catch (SetbackException gaveUp) {
      worst = Optional.of(tellingOf(worst, gaveUp.refusal()));
    }
    return Pledge.refused(Optional.of(config.device().serialNumber()), worst, steps);
  }

  private Onboarding attempt(Candidate candidate) throws SetbackException {
    progress.attempt(candidate.registrar(), candidate.number());
    PledgeFlow flow = new PledgeFlow(config, openers.apply(candidates.hasOther(candidate)), steps, progress);
    return Pledge.done(flow.attempt(new Searching(config.device()), candidate.registrar()), steps);
  }

  /** Whoever is to be asked now, after having waited for that; empty when nobody is worth another attempt. */
  private Optional<Candidate> next() throws SetbackException {
    while (true) {
      search.ifPresent(this::update);
      Optional<Candidate> next = candidates.next();
      Duration delay = next.map(candidates::until).orElseGet(() -> search.map(Search::left).orElse(Duration.ZERO));
      if (delay.isZero()) {
        return next;
      }
      progress.waits(delay, next.map(candidate -> "before asking " + candidate.registrar() + " again").orElse("listening for join proxies"));
      if (search.isPresent()) {
        search.get().await(delay);
      } else {
        Patience.sleep(config.time(), delay);
      }
    }
  }

  /** Takes in who was heard; the registrars of the configuration come last. */
  private void update(Search looking) {
    Map<RegistrarAddress, Integer> found = new LinkedHashMap<>(looking.now());
    if (looking.left().isZero() || looking.hasHeard()) {
      config.registrars().forEach(registrar -> found.putIfAbsent(registrar, Heard.LAST));
    }
    candidates.found(found);
  }

  /** Of two refusals the one that tells more: a registrar that spoke before one that could not be reached, the later one otherwise. */
  private static Refusal tellingOf(Optional<Refusal> before, Refusal now) {
    return before.isPresent() && now.reason() == PledgeReason.UNREACHABLE ? before.get() : now;
  }
}
