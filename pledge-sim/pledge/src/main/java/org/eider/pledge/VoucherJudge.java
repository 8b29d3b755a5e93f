package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCheck;
import org.eider.voucher.VoucherFlaw;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherVerdict;
import org.eider.voucher.VoucherVerdict.Accepted;
import org.eider.voucher.VoucherVerdict.Rejected;
import org.eider.wire.DecodeException;

/**
 * The pledge's rules for a voucher (RFC 8995 sections 5.6.1 and 2.6.1): the signature to the anchors in firmware before anything
 * else, then what {@link VoucherCheck} checks, told all that this device knows.
 */
final class VoucherJudge {
  /** A voucher to be believed, and what it pins. */
  record Judgement(Verified<Voucher> voucher, Accepted accepted) {
    /** The certificate that it pins; where it pins a key, that of the peer with this very key. */
    X509Certificate pinned(List<X509Certificate> shown) throws SetbackException {
      return accepted.certificate().or(() -> Optional.of(shown.get(0)).filter(accepted.pin()::isKeyOf))
          .orElseThrow(() -> new SetbackException(PledgeReason.REGISTRAR_NOT_PINNED, "the voucher pins another key than the registrar's"));
    }
  }

  private final VoucherPolicy policy;
  private final PledgeTime time;

  VoucherJudge(VoucherPolicy policy, PledgeTime time) {
    this.policy = policy;
    this.time = time;
  }

  /** Judges an answer to the request that carried {@code nonce}. */
  Judgement judge(VoucherArtifact answer, DeviceIdentity device, Nonce nonce) throws SetbackException {
    Verified<Voucher> opened = open(answer, device);
    VoucherVerdict verdict = check(device, nonce).judge(opened);
    if (verdict instanceof Rejected rejected) {
      throw new SetbackException(reasonOf(rejected.flaw()), rejected.detail());
    }
    if (opened.value().revocationChecks().orElse(false)) {
      throw new SetbackException(PledgeReason.VOUCHER_REVOCATION, "the voucher demands a revocation check, which this device cannot do");
    }
    return new Judgement(opened, (Accepted) verdict);
  }

  private static Verified<Voucher> open(VoucherArtifact answer, DeviceIdentity device) throws SetbackException {
    try {
      return VoucherOpener.voucher(answer, device.masaAnchors());
    } catch (DecodeException e) {
      throw new SetbackException(PledgeReason.VOUCHER_MALFORMED, "what came in place of a voucher cannot be read: " + e.getMessage(), e);
    } catch (UntrustedException e) {
      throw new SetbackException(PledgeReason.VOUCHER_SIGNATURE, "the voucher's signature is not to be trusted: " + e.getMessage(), e);
    }
  }

  private VoucherCheck check(DeviceIdentity device, Nonce nonce) {
    VoucherCheck.Builder check = VoucherCheck.of(TrustAnchors.of(device.masaAnchors()), device.serialNumber())
        .nonce(Optional.of(nonce))
        .idevidIssuer(Certificates.idevidIssuer(device.idevid().certificate()));
    time.known().ifPresent(check::at);
    policy.assertions().ifPresent(check::assertions);
    return (policy.nonceless() ? check : check.nonceRequired()).build();
  }

  private static PledgeReason reasonOf(VoucherFlaw flaw) {
    return switch (flaw) {
      case SIGNER_NOT_TRUSTED, SIGNER_NOT_IN_VALIDITY -> PledgeReason.VOUCHER_SIGNATURE;
      case WRONG_SERIAL_NUMBER, WRONG_IDEVID_ISSUER -> PledgeReason.VOUCHER_SERIAL;
      case WRONG_NONCE, NO_NONCE -> PledgeReason.VOUCHER_NONCE;
      case ASSERTION_NOT_ACCEPTABLE -> PledgeReason.VOUCHER_ASSERTION;
      case NONCE_AND_EXPIRY -> PledgeReason.VOUCHER_MALFORMED;
      case NOT_YET_VALID, EXPIRED -> PledgeReason.VOUCHER_DATES;
      case SEVERAL_PINS, NO_PIN, MALFORMED_PIN, PIN_NOT_IN_VALIDITY, OUTLIVES_PIN, FOREIGN_PIN -> PledgeReason.VOUCHER_PIN;
    };
  }
}
