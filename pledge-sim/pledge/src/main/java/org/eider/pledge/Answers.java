package org.eider.pledge;

import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.wire.Octets;

/** From what a link returns to what the flow goes on with. */
final class Answers {
  private static final int MAX_EXPLANATION = 200;

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

  /** The first line of a text that says why, bounded, printable characters only, behind a colon; empty when it says nothing. */
  static String explanation(Octets text) {
    Octets start = text.slice(0, Math.min(text.size(), 4 * MAX_EXPLANATION));
    String line = start.utf8().strip().lines().findFirst().orElse("");
    String printable = line.replaceAll("[^\\p{Print}\\p{L}]", "?");
    return line.isEmpty() ? "" : ": " + printable.substring(0, Math.min(printable.length(), MAX_EXPLANATION));
  }
}
