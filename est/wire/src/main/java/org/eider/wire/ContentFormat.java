package org.eider.wire;

import java.util.Map;
import java.util.Optional;

/** The CoAP content-formats that BRSKI and EST use (RFC 7252 section 12.3), each with its media type. */
public enum ContentFormat {
  /** Plain text in UTF-8. */
  TEXT(0, MediaType.TEXT),
  /** Link format (RFC 6690). */
  LINK_FORMAT(40, new MediaType("application", "link-format", Map.of())),
  /** JSON. */
  JSON(50, MediaType.JSON),
  /** CBOR. */
  CBOR(60, MediaType.CBOR),
  /** Several representations in one (RFC 8710). */
  MULTIPART_CORE(62, MediaType.MULTIPART_CORE),
  /** Problem details in CBOR (RFC 9290). */
  PROBLEM_DETAILS(257, new MediaType("application", "concise-problem-details+cbor", Map.of())),
  /** PKCS#7 with a private key made by the server, encrypted (RFC 9148 section 4.3). */
  SERVER_GENERATED_KEY(280, new MediaType("application", "pkcs7-mime", Map.of("smime-type", "server-generated-key"))),
  /** PKCS#7 with certificates only. */
  CERTS_ONLY(281, MediaType.CERTS_ONLY),
  /** PKCS#8, a private key in clear. */
  PKCS8(284, MediaType.PKCS8),
  /** CSR attributes. */
  CSR_ATTRS(285, MediaType.CSR_ATTRS),
  /** PKCS#10 request. */
  PKCS10(286, MediaType.PKCS10),
  /** One certificate. */
  PKIX_CERT(287, MediaType.PKIX_CERT),
  /** COSE-signed voucher or voucher request in YANG-CBOR. */
  VOUCHER_COSE(836, MediaType.VOUCHER_COSE);

  private final int number;
  private final MediaType mediaType;

  ContentFormat(int number, MediaType mediaType) {
    this.number = number;
    this.mediaType = mediaType;
  }

  /** The number that options carry. */
  public int number() {
    return number;
  }

  /** The media type that it stands for. */
  public MediaType mediaType() {
    return mediaType;
  }

  /** The format of that number; empty for those that neither BRSKI nor EST uses. */
  public static Optional<ContentFormat> of(int number) {
    for (ContentFormat format : values()) {
      if (format.number == number) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** The format that a media type stands for, by type, subtype and smime-type. */
  public static Optional<ContentFormat> of(MediaType mediaType) {
    for (ContentFormat format : values()) {
      if (format.mediaType.is(mediaType) && format.mediaType.parameter("smime-type").equals(mediaType.parameter("smime-type"))) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
