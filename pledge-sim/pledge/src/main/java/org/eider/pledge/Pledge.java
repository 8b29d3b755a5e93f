package org.eider.pledge;

import java.time.Duration;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.pledge.PledgeState.Enrolled;

/** Onboards and re-enrols devices. Calls block, share nothing, and may run on many threads at once. */
public final class Pledge {
  private static final Duration NO_PROGRESS = Duration.ofSeconds(5);

  private Pledge() {}

  /** Onboards over whatever the addresses of its registrars say. */
  public static Onboarding onboard(PledgeConfig config, Progress progress) {
    return new Attempting(config, hurried -> opener(config, hurried), progress).run();
  }

  /**
   * Asks one registrar after the other, and again after a while, until one gives a voucher and an LDevID or none is worth another
   * attempt (RFC 8995 section 4.1). Each attempt has a fresh nonce.
   */
  public static Onboarding onboard(PledgeConfig config, RegistrarLink.Opener opener, Progress progress) {
    return new Attempting(config, hurried -> opener, progress).run();
  }

  /**
   * Onboards through join proxies as they are found, some at a time, then by the registrars of the configuration, if there are any: when
   * nobody was heard in the time of the search, or everybody that was heard has to be waited for. Goes on as long as somebody is worth another
   * attempt or the time of the search is not over.
   */
  public static Onboarding onboard(PledgeConfig config, Search search, Progress progress) {
    return new Pursuit(config, search, opener(config, false), progress).run();
  }

  /** Renews or rekeys an LDevID over whatever the address says. */
  public static Onboarding reenrol(ReenrolConfig config, Progress progress) {
    return reenrol(config, opener(config.asPledge(), false), progress);
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

  /** Of the two transports; in a hurry, whoever does not complete the handshake in five seconds is given up (RFC 8995 section 5.1). */
  private static RegistrarLink.Opener opener(PledgeConfig config, boolean hurried) {
    RegistrarLink.Opener https =
        HttpsLink.opener(config.protocols(), config.time(), hurried ? NO_PROGRESS : HttpsLink.CONNECT_TIMEOUT);
    RegistrarLink.Opener coaps = CoapsLink.opener(
        config.time(), config.minimal(), config.mischief().vanishes(), hurried ? NO_PROGRESS : CoapsLink.HANDSHAKE_TIMEOUT);
    return (where, credential, trust) -> (switch (where.scheme()) {
      case HTTPS -> https;
      case COAPS -> coaps;
    }).open(where, credential, trust);
  }

  static Onboarding done(Enrolled enrolled, StepLog steps) {
    Belongings belongings =
        new Belongings(Optional.of(enrolled.voucher().artifact()), enrolled.ldevid(), enrolled.caCertificates());
    OnboardReport report = new OnboardReport(true, Optional.of(enrolled.device().serialNumber()), enrolled.voucher().value().assertion(),
        Optional.of(subject(enrolled.ldevid())), Optional.empty(), steps.steps());
    return new Onboarding(report, Optional.of(belongings));
  }

  static Onboarding refused(Optional<String> serial, Optional<Refusal> why, StepLog steps) {
    Refusal refusal = why.orElseGet(() -> new Refusal(PledgeReason.GAVE_UP, "no registrar was asked"));
    return new Onboarding(
        new OnboardReport(false, serial, Optional.empty(), Optional.empty(), Optional.of(refusal), steps.steps()), Optional.empty());
  }

  private static String subject(Credential ldevid) {
    return Certificates.subject(ldevid.certificate());
  }
}
