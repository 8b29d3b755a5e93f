package org.eider.registrar;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** Why a voucher request is refused; see RFC 8995 sections 5.3 and 5.6 for the kinds. */
public enum VoucherReason implements Refusal.Reason {
  /** The client presented no certificate. */
  NO_CLIENT_CERTIFICATE(RefusalKind.UNAUTHENTICATED),
  /** Of a format in which this registrar cannot ask a MASA. */
  FORMAT_NOT_OFFERED(RefusalKind.UNSUPPORTED_FORMAT),
  /** Not a signed voucher request. */
  MALFORMED_REQUEST(RefusalKind.MALFORMED),
  /** Its signature does not verify, or has no or several signers, or is too weak. */
  BAD_SIGNATURE(RefusalKind.FORBIDDEN),
  /** Its signer is not the client. */
  SIGNER_NOT_CLIENT(RefusalKind.FORBIDDEN),
  /** The IDevID chains to no configured manufacturer. */
  UNKNOWN_MANUFACTURER(RefusalKind.UNKNOWN),
  /** The IDevID chains to one and is expired, not yet valid or misused. */
  IDEVID_INVALID(RefusalKind.FORBIDDEN),
  /** The IDevID has no serial number where its manufacturer's profile says. */
  NO_SERIAL_NUMBER(RefusalKind.FORBIDDEN),
  /** The request's serial number is not the IDevID's. */
  SERIAL_MISMATCH(RefusalKind.FORBIDDEN),
  /** The request does not ask for proximity, or names another certificate than this session showed. */
  PROXIMITY_MISMATCH(RefusalKind.UNAUTHENTICATED),
  /** The request carries no nonce. */
  NO_NONCE(RefusalKind.FORBIDDEN),
  /** The device is not on the list. */
  NOT_EXPECTED(RefusalKind.UNKNOWN),
  /** An operator denied it. */
  DENIED(RefusalKind.FORBIDDEN),
  /** What the MASA's audit log says of it is not taken. */
  AUDIT_REFUSED(RefusalKind.NOT_ACCEPTABLE),
  /** As many devices of its manufacturer wait for an operator as may. */
  TOO_MANY_HELD(RefusalKind.OVERLOADED),
  /** The IDevID names no MASA and none is configured, or it names one that the manufacturer may not name. */
  MASA_NOT_ALLOWED(RefusalKind.FORBIDDEN),
  /** No connection to the MASA, or it broke. */
  MASA_UNREACHABLE(RefusalKind.UPSTREAM_FAILED),
  /** The MASA's TLS certificate is not to be trusted. */
  MASA_UNTRUSTED(RefusalKind.UPSTREAM_FAILED),
  /** The MASA did not answer in time. */
  MASA_TIMEOUT(RefusalKind.UPSTREAM_TIMEOUT),
  /** The MASA does not know the device: 404. */
  MASA_UNKNOWN_DEVICE(RefusalKind.UNKNOWN),
  /** The MASA refuses: another 4xx. */
  MASA_REFUSED(RefusalKind.FORBIDDEN),
  /** The MASA fails for now: 5xx, or a 4xx that asks to come later. */
  MASA_UNAVAILABLE(RefusalKind.UPSTREAM_FAILED),
  /** The MASA has not decided for longer than anybody waits. */
  MASA_UNDECIDED(RefusalKind.UPSTREAM_TIMEOUT),
  /** The MASA answers with something that is no voucher: wrong media type, redirect, too long. */
  MASA_FAILED(RefusalKind.UPSTREAM_FAILED),
  /** The voucher does not verify to a configured anchor. */
  VOUCHER_UNTRUSTED(RefusalKind.UPSTREAM_FAILED),
  /** The voucher is for another device, nonce or domain, or outside its dates. */
  VOUCHER_MISMATCH(RefusalKind.UPSTREAM_FAILED),
  /** No capacity now. */
  OVERLOADED(RefusalKind.OVERLOADED),
  /** The store cannot record now; it is no fault of the device, and will pass. */
  STORE_BUSY(RefusalKind.OVERLOADED),
  /** Our own fault. */
  INTERNAL(RefusalKind.INTERNAL);

  private final RefusalKind kind;

  VoucherReason(RefusalKind kind) {
    this.kind = kind;
  }

  /** The reason that belongs to a rule which denies. */
  static VoucherReason of(Rule denying) {
    return switch (denying) {
      case UNKNOWN_MANUFACTURER -> UNKNOWN_MANUFACTURER;
      case NOT_IN_PROXIMITY -> PROXIMITY_MISMATCH;
      case NO_NONCE -> NO_NONCE;
      case DENIED_BY_OPERATOR, APPROVED_BY_OPERATOR, ADMITTED_BEFORE, EXPECTED_DEVICE, AUTO_ADMISSION, MANUAL_ADMISSION -> DENIED;
      case NOT_EXPECTED -> NOT_EXPECTED;
      case AUDIT_OWN, AUDIT_RELEASED, AUDIT_FOREIGN, AUDIT_NONCELESS, AUDIT_TRUNCATED, AUDIT_UNAVAILABLE, AUDIT_NEWER, AUDIT_CLEAN ->
          AUDIT_REFUSED;
    };
  }

  /** What is answered when the store failed, or has to be waited for. */
  static Refusal of(StoreException failed) {
    return failed instanceof StoreBusyException
        ? new Refusal(STORE_BUSY, "the registrar cannot record the exchange now; come again")
        : new Refusal(INTERNAL, "the registrar could not record the exchange");
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
