package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;

/** The pinned certificate as the one temporary anchor (RFC 8995 section 5.6.2). Names and key usages are not looked at. */
final class PinnedDomain {
  private PinnedDomain() {}

  /** Checks that the registrar's chain leads to the pin, or that the registrar has the pinned key itself. */
  static void check(List<X509Certificate> shown, X509Certificate pinned, PledgeTime time) throws SetbackException {
    X509Certificate registrar = shown.get(0);
    Instant now = time.clock().instant();
    if (time.trusted() && (now.isBefore(registrar.getNotBefore().toInstant()) || now.isAfter(registrar.getNotAfter().toInstant()))) {
      throw new SetbackException(PledgeReason.REGISTRAR_NOT_PINNED, "the registrar's certificate is not valid now");
    }
    if (sameKey(registrar, pinned)) {
      return;
    }
    try {
      TrustAnchors.of(List.of(pinned)).validate(shown, now, time.leniency());
    } catch (UntrustedException e) {
      throw new SetbackException(PledgeReason.REGISTRAR_NOT_PINNED,
          "the registrar's certificate does not lead to the one that the voucher pins: " + e.getMessage(), e);
    }
  }

  static boolean sameKey(X509Certificate one, X509Certificate other) {
    return Certificates.spkiSha256(one.getPublicKey()).matches(Certificates.spkiSha256(other.getPublicKey()));
  }
}
