package org.eider.masa;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** Why this MASA refused a registrar. */
public enum MasaReason implements Refusal.Reason {
  /** The request is no signed registrar voucher-request, or a leaf of it is malformed. */
  MALFORMED_REQUEST(RefusalKind.MALFORMED),
  /** The request's signature must not be believed. */
  BAD_SIGNATURE(RefusalKind.FORBIDDEN),
  /** The certificates in the request do not form a valid path from its signer (RFC 8995 section 5.5.3). */
  BAD_CHAIN(RefusalKind.FORBIDDEN),
  /** The signer is not marked as a registration authority (RFC 8995 section 5.5.4). */
  NO_REGISTRAR(RefusalKind.FORBIDDEN),
  /** The request is too old, from the future, or expired (RFC 8995 section 5.6). */
  STALE(RefusalKind.FORBIDDEN),
  /** No such device was made here. */
  UNKNOWN_DEVICE(RefusalKind.UNKNOWN),
  /** Several devices have this serial number, and the request does not tell them apart. */
  AMBIGUOUS_SERIAL(RefusalKind.MALFORMED),
  /** prior-signed-voucher-request is neither a request nor a voucher. */
  PRIOR_MALFORMED(RefusalKind.MALFORMED),
  /** prior-signed-voucher-request is not signed by an IDevID, or the old voucher not by a key, of this manufacturer. */
  PRIOR_UNTRUSTED(RefusalKind.FORBIDDEN),
  /** prior-signed-voucher-request is absent, and no rule does without (RFC 8995 section 5.5.5). */
  PRIOR_MISSING(RefusalKind.FORBIDDEN),
  /** Registrar's request, pledge's request and IDevID do not name the same device. */
  SERIAL_MISMATCH(RefusalKind.FORBIDDEN),
  /** Registrar's and pledge's request carry different nonces (RFC 8995 section 5.5.6). */
  NONCE_MISMATCH(RefusalKind.FORBIDDEN),
  /** The old voucher is not one of the device's present owner. */
  RENEWAL_REFUSED(RefusalKind.FORBIDDEN),
  /** Nonceless vouchers are not given here. */
  NONCELESS_REFUSED(RefusalKind.FORBIDDEN),
  /** Nonceless vouchers are given to registrars that are known only, and this one is not (RFC 8995 section 5.5.4). */
  REGISTRAR_UNKNOWN(RefusalKind.FORBIDDEN),
  /** The pledge has not seen this registrar, and the domain is not known to own the device. */
  NO_PROXIMITY(RefusalKind.FORBIDDEN),
  /** Another domain owns the device (RFC 8995 section 5.6). */
  CLAIMED_BY_OTHER(RefusalKind.FORBIDDEN),
  /** The domain that asks for the audit log never owned the device. */
  NEVER_AN_OWNER(RefusalKind.UNKNOWN);

  private final RefusalKind kind;

  MasaReason(RefusalKind kind) {
    this.kind = kind;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
