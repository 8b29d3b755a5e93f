package org.eider.masa;

import org.eider.est.Refusal;

/** Carries a refusal out of the depth of a decision to the one place that turns it into an outcome. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  Refused(MasaReason reason, String detail) {
    super(detail, null, false, false);
    this.refusal = new Refusal(reason, detail);
  }

  Refusal refusal() {
    return refusal;
  }
}
