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
  /** Keys are to be made by the registrar, and it makes none. */
  SERVER_KEYGEN_OFF(RefusalKind.UNKNOWN),
  /** A key that is made here cannot be protected in the way that the request asks for (RFC 7030 section 4.4.1). */
  KEY_PROTECTION_UNAVAILABLE(RefusalKind.NOT_ACCEPTABLE),
  /** The client's certificate is neither an IDevID of a configured manufacturer nor one of our LDevIDs. */
  UNKNOWN_CLIENT(RefusalKind.FORBIDDEN),
  /** No voucher was issued to this device, or it rejected it, or it was refused. */
  NO_VOUCHER(RefusalKind.FORBIDDEN),
  /** An operator denied the device since. */
  DENIED(RefusalKind.FORBIDDEN),
  /** The device is not on the list, or no longer. */
  NOT_EXPECTED(RefusalKind.FORBIDDEN),
  /** The device's manufacturer is no longer configured. */
  UNKNOWN_MANUFACTURER(RefusalKind.FORBIDDEN),
  /** Re-enrolment with a certificate that is not a valid LDevID of ours. */
  NOT_OUR_LDEVID(RefusalKind.FORBIDDEN),
  /** Re-enrolment under another subject or subjectAltName. */
  SUBJECT_CHANGED(RefusalKind.FORBIDDEN),
  /** The CA could not issue. */
  ISSUER_FAILED(RefusalKind.UPSTREAM_FAILED),
  /** No capacity now. */
  OVERLOADED(RefusalKind.OVERLOADED),
  /** The store cannot record now; it is no fault of the device, and will pass. */
  STORE_BUSY(RefusalKind.OVERLOADED),
  /** Our own fault. */
  INTERNAL(RefusalKind.INTERNAL);

  private final RefusalKind kind;

  EnrolReason(RefusalKind kind) {
    this.kind = kind;
  }

  /** The reason that belongs to a rule which denies. */
  static EnrolReason of(Rule denying) {
    return switch (denying) {
      case UNKNOWN_MANUFACTURER -> UNKNOWN_MANUFACTURER;
      case NOT_EXPECTED -> NOT_EXPECTED;
      case NOT_IN_PROXIMITY, NO_NONCE, DENIED_BY_OPERATOR, APPROVED_BY_OPERATOR, ADMITTED_BEFORE, EXPECTED_DEVICE, AUTO_ADMISSION,
          MANUAL_ADMISSION, AUDIT_OWN, AUDIT_RELEASED, AUDIT_FOREIGN, AUDIT_NONCELESS, AUDIT_TRUNCATED, AUDIT_UNAVAILABLE, AUDIT_NEWER,
          AUDIT_CLEAN -> DENIED;
    };
  }

  /** What is answered when the store failed, or has to be waited for. */
  static Refusal of(StoreException failed) {
    return failed instanceof StoreBusyException
        ? new Refusal(STORE_BUSY, "the registrar cannot record the enrolment now; come again")
        : new Refusal(INTERNAL, "the registrar could not record the enrolment");
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
