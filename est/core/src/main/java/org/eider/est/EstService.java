package org.eider.est;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.wire.Octets;

/**
 * The operations of EST that every implementation here serves (RFC 7030 section 3.2.2). Implementations block, are safe for
 * use by many threads, and have journalled what they grant before they return it.
 */
public interface EstService {
  /**
   * The certificates that a device trusts from now on, for {@code /cacerts}: issuing CA first, root last. Asks for no
   * authentication (RFC 7030 section 4.1).
   */
  List<X509Certificate> caCertificates();

  /** The CsrAttrs, in DER, that this client is to follow, for {@code /csrattrs} (RFC 7030 section 4.5, RFC 9908). */
  Outcome<Octets> csrAttributes(ClientSession session);

  /**
   * First enrolment (RFC 7030 section 4.2.1).
   *
   * @param pkcs10 the certification request in DER, as received
   */
  Outcome<X509Certificate> simpleEnroll(ClientSession session, Octets pkcs10);

  /**
   * Renewal or rekeying of the certificate that the session authenticated with (RFC 7030 section 4.2.2).
   *
   * @param pkcs10 the certification request in DER, as received
   */
  Outcome<X509Certificate> simpleReenroll(ClientSession session, Octets pkcs10);
}
