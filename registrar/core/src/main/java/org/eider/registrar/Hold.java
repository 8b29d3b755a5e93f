package org.eider.registrar;

import java.time.Instant;

/**
 * Why a device waits, for an operator or for its MASA.
 *
 * @param since when the first of its requests was held for this reason
 * @param rule the rule that held it, a constant's name
 * @param why one sentence for people
 */
public record Hold(Instant since, String rule, String why) {
  /** The rule that holds a device while its MASA is not to be had, or has not decided. */
  public static final String MASA_PENDING = "MASA_PENDING";

  /** Whom a device waits for. */
  public enum For {
    /** Somebody has to decide about it. */
    OPERATOR,
    /** Its MASA is asked again; there is nothing to decide. */
    MASA
  }

  /** Whom it waits for. */
  public For whom() {
    return rule.equals(MASA_PENDING) ? For.MASA : For.OPERATOR;
  }
}
