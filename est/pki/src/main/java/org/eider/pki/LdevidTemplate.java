package org.eider.pki;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Everything that an issuing CA needs to know of an LDevID; the enrolment service has decided all of it.
 *
 * @param subject the subject name
 * @param publicKey the device's key
 * @param notBefore start of validity, seconds
 * @param notAfter end of validity, seconds; 9999-12-31T23:59:59Z for none (IEEE 802.1AR)
 * @param extensions extensions beside those that the CA adds itself (key identifiers, basic constraints); for instance key usage,
 *     extended key usage, subjectAltName
 */
public record LdevidTemplate(X500Name subject, PublicKey publicKey, Instant notBefore, Instant notAfter, List<Extension> extensions) {
  /** Keeps an unmodifiable copy of the extensions. */
  public LdevidTemplate {
    extensions = List.copyOf(extensions);
  }
}
