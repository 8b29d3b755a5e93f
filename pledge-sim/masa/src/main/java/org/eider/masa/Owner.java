package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.eider.pki.Certificates;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/**
 * The domain that owns a device.
 *
 * @param domainId as the audit log names it; anybody can make a certificate with the same one, so it decides nothing
 * @param keySha256 SHA-256 over the SubjectPublicKeyInfo of the pinned certificate: what tells domains apart
 * @param by how it became the owner: a domain that is merely {@code logged} has proven nothing
 * @param since when it became the owner
 */
public record Owner(Octets domainId, Octets keySha256, Assertion by, Instant since) {
  /** The domain whose certificate this is, recorded as buyer. */
  public static Owner buyer(X509Certificate domain, Instant since) {
    return new Owner(Certificates.domainId(domain), Certificates.spkiSha256(domain.getPublicKey()), Assertion.VERIFIED, since);
  }

  /** Whether ownership was established by more than having asked. */
  public boolean isEstablished() {
    return by != Assertion.LOGGED;
  }
}
