package org.eider.pledge;

import org.eider.est.Refusal;

/** An attempt ends here; the pledge goes back to searching (RFC 8995 section 2.1). */
public final class SetbackException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;
  private final PledgeReason reason;

  /** A setback and the sentence that the device's owner reads; nothing of it is sent to the registrar. */
  public SetbackException(PledgeReason reason, String detail) {
    super(detail);
    this.reason = reason;
    this.refusal = new Refusal(reason, detail);
  }

  /** The same, with what was thrown below. */
  public SetbackException(PledgeReason reason, String detail, Throwable cause) {
    this(reason, detail);
    initCause(cause);
  }

  /** Why. */
  public PledgeReason reason() {
    return reason;
  }

  /** Reason and sentence. */
  public Refusal refusal() {
    return refusal;
  }
}
