package org.eider.est;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.pki.LdevidTemplate;

/**
 * A certification authority that signs what an enrolment service has already decided. It applies no policy of its own beyond
 * its lifetime, may be in this process or far away, and blocks.
 */
public interface CertificateIssuer {
  /** Issuing CA first, then what certifies it, root last; at least one certificate. */
  List<X509Certificate> chain();

  /**
   * Issues one certificate. Its serial number, its octets and its holder are durable before this returns.
   *
   * @param holder whom it is for, in the caller's own spelling; recorded with the certificate and not looked into
   * @throws IOException when the certificate could not be made or recorded; nothing was handed out, and the caller may try again
   */
  X509Certificate issue(LdevidTemplate template, String holder) throws IOException;
}
