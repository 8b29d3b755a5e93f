package org.eider.voucher;

/** Why an authentic or not so authentic voucher is not accepted. */
public enum VoucherFlaw {
  /** The signer has no path to an anchor, or the path is not fit for it. */
  SIGNER_NOT_TRUSTED,
  /** A certificate on the signer's path is expired or not yet valid. */
  SIGNER_NOT_IN_VALIDITY,
  /** It is for another device. */
  WRONG_SERIAL_NUMBER,
  /** Its nonce is not that of the request. */
  WRONG_NONCE,
  /** It has no nonce where one is demanded. */
  NO_NONCE,
  /** Its idevid-issuer is not that of the device. */
  WRONG_IDEVID_ISSUER,
  /** Its assertion, or the lack of one, is not acceptable here. */
  ASSERTION_NOT_ACCEPTABLE,
  /** It has both nonce and expires-on. */
  NONCE_AND_EXPIRY,
  /** It pins in several ways at once. */
  SEVERAL_PINS,
  /** created-on or signing time lie in the future. */
  NOT_YET_VALID,
  /** expires-on has passed. */
  EXPIRED,
  /** It pins nothing. */
  NO_PIN,
  /** The pinned certificate, or the digest of the pinned key, is none. */
  MALFORMED_PIN,
  /** The pinned certificate is expired or not yet valid. */
  PIN_NOT_IN_VALIDITY,
  /** It outlives the certificate that it pins. */
  OUTLIVES_PIN,
  /** It pins a certificate or a key that is none of ours. */
  FOREIGN_PIN
}
