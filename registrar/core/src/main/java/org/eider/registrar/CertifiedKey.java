package org.eider.registrar;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import org.eider.pki.Csr;

/** Where the key comes from that an enrolment certifies. */
@FunctionalInterface
interface CertifiedKey {
  /**
   * The key; asked again when the enrolment is judged again.
   *
   * @param idevid of the device that enrols
   */
  PublicKey of(Csr csr, X509Certificate idevid) throws Stopped;

  /** What the device's history says about it; empty text for the usual. */
  default String remark() {
    return "";
  }
}
