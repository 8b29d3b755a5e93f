package org.eider.registrar;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
  default boolean record(IssuedCertificate certificate, List<? extends Fact> facts) {
    return record(certificate, facts, device -> true) == Recorded.YES;
  }

  /**
   * Records a certificate as {@link #record(IssuedCertificate, List)} does, if its device still is what was decided on.
   *
   * @param still whether it is, as for {@link DeviceLedger#append(List, DeviceId, Predicate)}; asked with nothing when the certificate is
   *     for no device
   */
  Recorded record(IssuedCertificate certificate, List<? extends Fact> facts, Predicate<Optional<Device>> still);

  /** What came of recording a certificate. */
  enum Recorded {
    /** It is recorded. */
    YES,
    /** Nothing is: that serial number has been used before. */
    SERIAL_USED,
    /** Nothing is: the device is not what was decided on. */
    DEVICE_CHANGED
  }

  /** The certificate with that serial number. */
  Optional<IssuedCertificate> certificate(BigInteger serial);

  /** LDevIDs of a device, newest first. */
  List<IssuedCertificate> ofDevice(DeviceId device, int limit);

  /** How many certificates are recorded. */
  long count();
}
