package org.eider.pki;

import java.security.cert.X509Certificate;

/** The name check of RFC 9525 for outbound TLS: subjectAltName dNSName and iPAddress only, never the common name. */
public final class ServiceName {
  private ServiceName() {}

  /**
   * Checks that {@code certificate} names {@code host}: an IP literal against iPAddress, anything else against dNSName, where a
   * wildcard may be the whole left-most label.
   *
   * @throws UntrustedException with WRONG_NAME
   */
  public static void check(X509Certificate certificate, String host) throws UntrustedException {
    throw new UnsupportedOperationException();
  }
}
