package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.Collection;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Reads CMS SignedData in DER or BER and checks the one signature on it. Says nothing about trust in the signer. */
public final class CmsOpener {
  /** Greatest CMS message that is read, in octets. */
  public static final int MAX_SIZE = 128 * 1024;
  /** Most certificates that a message may carry. */
  public static final int MAX_CERTIFICATES = 16;

  private CmsOpener() {}

  /**
   * Opens a message: one SignedData, nothing behind it, encapsulated content of type {@link CmsSealer#ANIMA_JSON_VOUCHER} or
   * {@link CmsSealer#DATA}, exactly one signer with signed attributes whose content type and message digest are consistent,
   * SHA-256/384/512, ECDSA P-256/384/521, RSA 2048+ or Ed25519, and a signature that verifies.
   *
   * @param known further certificates among which the signer's may be, for messages that leave them out
   * @throws DecodeException when it is not such a message
   * @throws UntrustedException when it is and the signature must not be believed
   */
  public static CmsSigned open(Octets message, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    throw new UnsupportedOperationException();
  }
}
