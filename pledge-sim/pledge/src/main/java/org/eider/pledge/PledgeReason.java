package org.eider.pledge;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/**
 * Why a pledge did not get on. Each reason carries the sentence that telemetry may say of it: enough for the owner of the domain,
 * nothing that would help who tries to take the device over (RFC 8995 section 5.7).
 */
public enum PledgeReason implements Refusal.Reason {
  /** No connection, a broken one, or no answer in time. */
  UNREACHABLE(RefusalKind.UPSTREAM_TIMEOUT, true, "registrar cannot be reached"),
  /** No join proxy was heard of, and there is no registrar to ask instead. */
  NOTHING_HEARD(RefusalKind.UPSTREAM_TIMEOUT, true, "no join proxy heard of"),
  /** The registrar answered with 4xx. */
  REGISTRAR_REFUSED(RefusalKind.FORBIDDEN, false, "registrar refused"),
  /** The registrar answered with 5xx. */
  REGISTRAR_FAILED(RefusalKind.UPSTREAM_FAILED, true, "registrar failed"),
  /** The answer is not one that the protocol knows: status, media type or content. */
  BAD_ANSWER(RefusalKind.MALFORMED, false, "answer cannot be understood"),
  /** A second redirect to another origin, or a circle of them (RFC 8995 section 5.6). */
  TOO_MANY_REDIRECTS(RefusalKind.FORBIDDEN, false, "too many redirects"),
  /** A new connection showed another registrar than the voucher request names. */
  REGISTRAR_CHANGED(RefusalKind.FORBIDDEN, true, "registrar changed its certificate"),
  /** The registrar said "later" for longer than the pledge waits. */
  OUT_OF_PATIENCE(RefusalKind.UPSTREAM_TIMEOUT, false, "waited too long"),
  /** What arrived in place of a voucher is none. */
  VOUCHER_MALFORMED(RefusalKind.MALFORMED, false, "voucher cannot be read"),
  /** No acceptable signature of the manufacturer. */
  VOUCHER_SIGNATURE(RefusalKind.FORBIDDEN, false, "voucher signature is not trusted"),
  /** For another device. */
  VOUCHER_SERIAL(RefusalKind.FORBIDDEN, false, "voucher is for another device"),
  /** Of another request, or of none where that is not accepted. */
  VOUCHER_NONCE(RefusalKind.FORBIDDEN, false, "voucher does not answer this request"),
  /** Expired, or from the future. */
  VOUCHER_DATES(RefusalKind.FORBIDDEN, false, "voucher is not valid now"),
  /** Pins nothing, or nothing that can be read. */
  VOUCHER_PIN(RefusalKind.FORBIDDEN, false, "voucher pins no domain"),
  /** An assertion that this device's policy does not accept. */
  VOUCHER_ASSERTION(RefusalKind.FORBIDDEN, false, "voucher assertion is not acceptable"),
  /** The voucher demands a revocation check, which this pledge cannot do. */
  VOUCHER_REVOCATION(RefusalKind.FORBIDDEN, false, "voucher demands a revocation check"),
  /** The registrar is not of the domain that the voucher pins (RFC 8995 section 5.6.2). */
  REGISTRAR_NOT_PINNED(RefusalKind.FORBIDDEN, false, "registrar is not of the domain that the voucher pins"),
  /** The CA certificates have nothing to do with the domain that the voucher pins. */
  DOMAIN_UNRELATED(RefusalKind.FORBIDDEN, false, "CA certificates are not of the domain that the voucher pins"),
  /** The certificate that was issued is not for our key, not of this domain or not valid. */
  LDEVID_UNUSABLE(RefusalKind.FORBIDDEN, false, "issued certificate is not usable"),
  /** The registrar does not take a connection with the certificate that it issued, or does not prove who it is on it. */
  LDEVID_NOT_TAKEN(RefusalKind.FORBIDDEN, false, "no connection with the issued certificate"),
  /** Only with {@link Mischief}: the registrar issued a certificate to a device without voucher. */
  ISSUED_WITHOUT_VOUCHER(RefusalKind.FORBIDDEN, false, "issued without voucher"),
  /** The device itself cannot go on: stopped, or its identity is not usable. */
  GAVE_UP(RefusalKind.INTERNAL, false, "device gave up");

  private final RefusalKind kind;
  private final boolean passing;
  private final String telemetry;

  PledgeReason(RefusalKind kind, boolean passing, String telemetry) {
    this.kind = kind;
    this.passing = passing;
    this.telemetry = telemetry;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }

  /** Whether the same registrar may well answer otherwise a little later. */
  public boolean passing() {
    return passing;
  }

  /** What the registrar is told. */
  public String telemetry() {
    return telemetry;
  }
}
