package org.eider.pledge;

import org.eider.est.Outcome;
import org.eider.est.Refusal;

/** From what a link returns to what the flow goes on with. */
final class Answers {
  private Answers() {}

  /** The value of an answer that may not be put off. */
  static <T> T now(Outcome<T> outcome, String what) throws SetbackException {
    if (outcome instanceof Outcome.Granted<T> granted) {
      return granted.value();
    }
    if (outcome instanceof Outcome.Refused<T> refused) {
      throw setback(refused.refusal());
    }
    throw new SetbackException(PledgeReason.BAD_ANSWER, what + " cannot be put off");
  }

  /** A refusal that a link returned. */
  static SetbackException setback(Refusal refusal) {
    PledgeReason reason = refusal.reason() instanceof PledgeReason known ? known : PledgeReason.REGISTRAR_REFUSED;
    return new SetbackException(reason, refusal.detail());
  }
}
