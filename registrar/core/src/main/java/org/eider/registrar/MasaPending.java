package org.eider.registrar;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eider.est.Outcome;
import org.eider.est.Refusal;

/** Ends a row of steps because the MASA is not to be had, or has not decided: to be tried again. */
final class MasaPending extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Set<Refusal.Reason> TEMPORARY =
      Set.of(VoucherReason.MASA_UNREACHABLE, VoucherReason.MASA_TIMEOUT, VoucherReason.MASA_UNAVAILABLE);

  private final transient MasaErrand.Again again;

  private MasaPending(Refusal trouble, Optional<Duration> retryAfter) {
    super(trouble.detail(), null, false, false);
    this.again = new MasaErrand.Again(trouble, retryAfter);
  }

  /** The granted value; a deferral, and what may be otherwise in a while, is pending; another refusal stops. */
  static <T> T granted(Outcome<T> outcome) throws MasaPending, Stopped {
    if (outcome instanceof Outcome.Deferred<T> later) {
      String detail = "the MASA asks to come again in " + later.retryAfter().toSeconds() + " s";
      throw new MasaPending(new Refusal(VoucherReason.MASA_UNDECIDED, detail), Optional.of(later.retryAfter()));
    }
    if (outcome instanceof Outcome.Refused<T> refused && TEMPORARY.contains(refused.refusal().reason())) {
      throw new MasaPending(refused.refusal(), Optional.empty());
    }
    return Stopped.granted(outcome);
  }

  /** What the desk is to do. */
  MasaErrand.Again again() {
    return again;
  }
}
