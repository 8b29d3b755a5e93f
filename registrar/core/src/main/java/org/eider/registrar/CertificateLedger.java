package org.eider.registrar;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Every certificate that our CA has signed. Durability, threads and errors are those of {@link DeviceLedger}.
 */
public interface CertificateLedger {
  /**
   * Records a certificate before it is handed out.
   *
   * @return false, and nothing recorded, when that serial number has been used before
   */
  default boolean record(IssuedCertificate certificate) {
    return record(certificate, List.of());
  }

  /**
   * Records a certificate and what happened to its device, all or nothing, before it is handed out.
   *
   * @param facts as for {@link DeviceLedger#append} of the same store
   * @return false, and nothing recorded, when that serial number has been used before
   */
  boolean record(IssuedCertificate certificate, List<? extends Fact> facts);

  /** The certificate with that serial number. */
  Optional<IssuedCertificate> certificate(BigInteger serial);

  /** LDevIDs of a device, newest first. */
  List<IssuedCertificate> ofDevice(DeviceId device, int limit);

  /** How many certificates are recorded. */
  long count();
}
