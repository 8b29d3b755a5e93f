package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Credential;
import org.eider.voucher.VoucherArtifact;

/**
 * The end of an onboarding or re-enrolment.
 *
 * @param report how it went
 * @param belongings what the device keeps; present if and only if it went well
 */
public record Onboarding(OnboardReport report, Optional<Belongings> belongings) {
  /**
   * What a device keeps of its domain.
   *
   * @param voucher as received; empty after a re-enrolment that started without one
   * @param ldevid key and certificate; the chain as it is sent in a handshake
   * @param caCertificates the domain's CA certificates, to be trusted from now on
   */
  public record Belongings(Optional<VoucherArtifact> voucher, Credential ldevid, List<X509Certificate> caCertificates) {
    /** Keeps an unmodifiable copy. */
    public Belongings {
      caCertificates = List.copyOf(caCertificates);
    }
  }

  /** The same with another report. */
  Onboarding with(OnboardReport other) {
    return new Onboarding(other, belongings);
  }
}
