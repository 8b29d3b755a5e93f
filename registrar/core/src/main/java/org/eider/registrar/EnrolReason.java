package org.eider.registrar;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** Why an enrolment is refused. */
public enum EnrolReason implements Refusal.Reason {
  /** The client presented no certificate. */
  NO_CLIENT_CERTIFICATE(RefusalKind.UNAUTHENTICATED),
  /** Not a certification request. */
  MALFORMED_REQUEST(RefusalKind.MALFORMED),
  /** The request's signature does not verify under its own key. */
  BAD_PROOF_OF_POSSESSION(RefusalKind.MALFORMED),
  /** Its challengePassword is not this session's channel binding (RFC 7030 section 3.5). */
  BAD_CHANNEL_BINDING(RefusalKind.FORBIDDEN),
  /** A key that the enrolment profile does not allow. */
  KEY_NOT_ALLOWED(RefusalKind.MALFORMED),
  /** The client's certificate is neither an IDevID of a configured manufacturer nor one of our LDevIDs. */
  UNKNOWN_CLIENT(RefusalKind.FORBIDDEN),
  /** No voucher was issued to this device, or it rejected it, or it was refused. */
  NO_VOUCHER(RefusalKind.FORBIDDEN),
  /** Re-enrolment with a certificate that is not a valid LDevID of ours. */
  NOT_OUR_LDEVID(RefusalKind.FORBIDDEN),
  /** Re-enrolment under another subject or subjectAltName. */
  SUBJECT_CHANGED(RefusalKind.FORBIDDEN),
  /** The CA could not issue. */
  ISSUER_FAILED(RefusalKind.UPSTREAM_FAILED),
  /** No capacity now. */
  OVERLOADED(RefusalKind.OVERLOADED),
  /** Our own fault. */
  INTERNAL(RefusalKind.INTERNAL);

  private final RefusalKind kind;

  EnrolReason(RefusalKind kind) {
    this.kind = kind;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
