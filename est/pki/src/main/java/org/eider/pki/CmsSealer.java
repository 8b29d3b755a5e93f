package org.eider.pki;

import java.time.Instant;
import org.eider.wire.Octets;

/**
 * Makes CMS SignedData with encapsulated content and exactly one signer (RFC 5652, RFC 8366bis section 7.1): signed attributes
 * content type, signing time and message digest; certificates of the credential's chain included.
 */
public final class CmsSealer {
  /** id-ct-animaJSONVoucher (RFC 8366 section 8.4). */
  public static final String ANIMA_JSON_VOUCHER = "1.2.840.113549.1.9.16.1.40";
  /** id-data, which RFC 8995 appendix C and several implementations use. */
  public static final String DATA = "1.2.840.113549.1.7.1";

  private CmsSealer() {}

  /**
   * Signs {@code content}.
   *
   * @param contentType {@link #ANIMA_JSON_VOUCHER} or {@link #DATA}
   * @param signer key of any {@link KeyType}; its whole chain goes into the message
   */
  public static Octets seal(Octets content, String contentType, Credential signer, Instant signingTime) {
    throw new UnsupportedOperationException();
  }
}
