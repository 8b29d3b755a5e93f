package org.eider.pledge;

import java.time.Duration;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.pledge.PledgeState.Enrolled;
import org.eider.pledge.PledgeState.Searching;

/** Onboards and re-enrols devices. Calls block, share nothing, and may run on many threads at once. */
public final class Pledge {
  private Pledge() {}

  /** Onboards over whatever the addresses of its registrars say. */
  public static Onboarding onboard(PledgeConfig config, Progress progress) {
    return onboard(config, opener(config), progress);
  }

  /**
   * Asks one registrar after the other, and again after a while, until one gives a voucher and an LDevID or none is worth another
   * attempt (RFC 8995 section 4.1). Each attempt has a fresh nonce.
   */
  public static Onboarding onboard(PledgeConfig config, RegistrarLink.Opener opener, Progress progress) {
    StepLog steps = new StepLog(config.time(), progress);
    PledgeFlow flow = new PledgeFlow(config, opener, steps, progress);
    Candidates candidates = new Candidates(config.registrars(), config.attempts(), config.time(), config.random());
    Optional<Refusal> worst = Optional.empty();
    for (Optional<Candidate> next = candidates.next(); next.isPresent(); next = candidates.next()) {
      Candidate candidate = next.get();
      try {
        awaitTurn(config, candidates, candidate, progress);
        progress.attempt(candidate.registrar(), candidate.number());
        return done(flow.attempt(new Searching(config.device()), candidate.registrar()), steps);
      } catch (SetbackException e) {
        worst = Optional.of(tellingOf(worst, e.refusal()));
        if (e.reason() == PledgeReason.GAVE_UP) {
          break;
        }
        candidates.setBack(candidate, e.reason());
      }
    }
    return refused(Optional.of(config.device().serialNumber()), worst, steps);
  }

  /** Renews or rekeys an LDevID over whatever the address says. */
  public static Onboarding reenrol(ReenrolConfig config, Progress progress) {
    return reenrol(config, opener(config.asPledge()), progress);
  }

  /** Renews or rekeys an LDevID (RFC 7030 section 4.2.2); one attempt. */
  public static Onboarding reenrol(ReenrolConfig config, RegistrarLink.Opener opener, Progress progress) {
    StepLog steps = new StepLog(config.time(), progress);
    Optional<String> serial = config.serial();
    try {
      Belongings renewed = new Reenrolment(config, opener, steps, progress).run();
      return new Onboarding(
          new OnboardReport(true, serial, Optional.empty(), Optional.of(subject(renewed.ldevid())), Optional.empty(), steps.steps()),
          Optional.of(renewed));
    } catch (SetbackException e) {
      return refused(serial, Optional.of(e.refusal()), steps);
    }
  }

  private static RegistrarLink.Opener opener(PledgeConfig config) {
    RegistrarLink.Opener https = HttpsLink.opener(config.protocols(), config.time());
    RegistrarLink.Opener coaps = CoapsLink.opener(config.time(), config.minimal(), config.mischief().vanishes());
    return (where, credential, trust) -> (switch (where.scheme()) {
      case HTTPS -> https;
      case COAPS -> coaps;
    }).open(where, credential, trust);
  }

  private static void awaitTurn(PledgeConfig config, Candidates candidates, Candidate candidate, Progress progress)
      throws SetbackException {
    Duration delay = candidates.until(candidate);
    if (!delay.isZero()) {
      progress.waits(delay, "before asking " + candidate.registrar() + " again");
      Patience.sleep(config.time(), delay);
    }
  }

  private static Onboarding done(Enrolled enrolled, StepLog steps) {
    Belongings belongings =
        new Belongings(Optional.of(enrolled.voucher().artifact()), enrolled.ldevid(), enrolled.caCertificates());
    OnboardReport report = new OnboardReport(true, Optional.of(enrolled.device().serialNumber()), enrolled.voucher().value().assertion(),
        Optional.of(subject(enrolled.ldevid())), Optional.empty(), steps.steps());
    return new Onboarding(report, Optional.of(belongings));
  }

  private static Onboarding refused(Optional<String> serial, Optional<Refusal> why, StepLog steps) {
    Refusal refusal = why.orElseGet(() -> new Refusal(PledgeReason.GAVE_UP, "no registrar was asked"));
    return new Onboarding(
        new OnboardReport(false, serial, Optional.empty(), Optional.empty(), Optional.of(refusal), steps.steps()), Optional.empty());
  }

  /** Of two refusals the one that tells more: a registrar that spoke before one that could not be reached, the later one otherwise. */
  private static Refusal tellingOf(Optional<Refusal> before, Refusal now) {
    return before.isPresent() && now.reason() == PledgeReason.UNREACHABLE ? before.get() : now;
  }

  private static String subject(Credential ldevid) {
    return Certificates.subject(ldevid.certificate());
  }
}
