package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.Optional;

/** Where a manufacturer puts the product serial number into its IDevIDs (RFC 8995 section 2.3.1). */
public enum SerialNumberProfile {
  /** The subject's serialNumber attribute, 2.5.4.5: what RFC 8995 demands and the default. */
  SUBJECT_SERIAL_NUMBER,
  /** hwSerialNum of the HardwareModuleName in subjectAltName (RFC 4108 section 5): as UTF-8 text if printable, else upper-case hex. */
  HARDWARE_MODULE_NAME,
  /** Cisco SUDI: serialNumber attribute {@code PID:… SN:…}, of which what follows {@code SN:} counts. */
  CISCO_SUDI;

  /** The serial number of an IDevID under this profile; empty when it has none there. */
  public Optional<String> serialNumber(X509Certificate idevid) {
    throw new UnsupportedOperationException();
  }
}
