package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.est.ServerTrust;
import org.eider.pki.Certificates;
import org.eider.pki.ServiceName;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;

/**
 * The registrar as a member of the device's own domain (RFC 7030 section 3.6.1): a path to the explicit anchors, and either
 * id-kp-cmcRA, or the name that was asked for, or the very certificate that a voucher has vouched for.
 */
record DomainTrust(TrustAnchors anchors, PledgeTime time, Optional<X509Certificate> vouchedFor) implements ServerTrust {
  @Override
  public void check(List<X509Certificate> chain, String host) throws UntrustedException {
    X509Certificate registrar = chain.get(0);
    anchors.validate(chain, time.clock().instant(), time.leniency());
    boolean known = vouchedFor.equals(Optional.of(registrar)) || Certificates.hasExtendedKeyUsage(registrar, Certificates.CMC_RA);
    if (!known) {
      ServiceName.check(registrar, host);
    }
  }
}
