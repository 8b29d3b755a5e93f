package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.eider.pki.Certificates;

/** Recognises our own LDevIDs: octet for octet the certificate that was recorded before it was handed out, and in its validity. */
final class Ldevids {
  private final CertificateLedger certificates;

  Ldevids(CertificateLedger certificates) {
    this.certificates = certificates;
  }

  /** A device's valid LDevID, and which certificate of the ledger it is. */
  record Proven(DeviceId device, IssuedCertificate ldevid) {}

  /** Whose LDevID {@code certificate} is; empty when it is none of ours, or not valid at {@code at}. */
  Optional<Proven> identify(X509Certificate certificate, Instant at) {
    if (at.isBefore(certificate.getNotBefore().toInstant()) || at.isAfter(certificate.getNotAfter().toInstant())) {
      return Optional.empty();
    }
    return certificates.certificate(certificate.getSerialNumber())
        .filter(issued -> issued.purpose() == IssuedCertificate.Purpose.LDEVID)
        .filter(issued -> issued.certificate().equals(Certificates.der(certificate)))
        .flatMap(issued -> issued.device().map(device -> new Proven(device, issued)));
  }
}
