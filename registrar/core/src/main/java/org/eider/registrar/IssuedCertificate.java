package org.eider.registrar;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A certificate that our CA signed.
 *
 * @param serial its serial number
 * @param certificate its DER encoding
 * @param purpose what for
 * @param at when it was signed
 * @param notAfter when it ends
 * @param device whose LDevID it is; empty for our own certificates
 */
public record IssuedCertificate(BigInteger serial, Octets certificate, Purpose purpose, Instant at, Instant notAfter, Optional<DeviceId> device) {
  /** What a certificate is for. */
  public enum Purpose {
    /** Root or issuing CA. */
    CA,
    /** The registrar itself. */
    REGISTRAR,
    /** A device's LDevID. */
    LDEVID
  }
}
