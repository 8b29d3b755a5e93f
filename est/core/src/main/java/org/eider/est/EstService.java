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

  /**
   * Enrolment or renewal with a key that the service makes (RFC 7030 section 4.4, RFC 9148 section 4.8): which of both, and who may,
   * is decided as for {@link #simpleEnroll}. The request's own key and signature count for nothing.
   *
   * <p>Granted is the private key as {@link GeneratedKey.Form#ENVELOPED} where the request carries an AsymmetricDecryptKeyIdentifier,
   * else as {@link GeneratedKey.Form#PKCS8}; a front end takes the media type or content-format of its key part from
   * {@link GeneratedKey#form()}. The certificate is recorded before this returns, the private key never. Refused when the service makes
   * no keys, with a reason whose kind is {@link RefusalKind#UNKNOWN}; with {@link RefusalKind#NOT_ACCEPTABLE} when the protection that the
   * request asks for is not to be had.
   *
   * @param pkcs10 the certification request in DER, as received
   */
  default Outcome<GeneratedKey> serverKeygen(ClientSession session, Octets pkcs10) {
    return Outcome.refused(NotOffered.SERVER_KEYGEN_OFF, "no keys are made for clients here");
  }
}
