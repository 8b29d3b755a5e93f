package org.eider.voucher;

import java.util.Optional;
import org.eider.wire.MediaType;

/** The signed encodings of vouchers and voucher requests, each with the media type that names it. */
public enum VoucherFormat {
  /** JSON in CMS SignedData. */
  CMS_JSON(MediaType.VOUCHER_CMS_JSON),
  /** YANG-CBOR in COSE_Sign1. */
  COSE_CBOR(MediaType.VOUCHER_COSE);

  private final MediaType mediaType;

  VoucherFormat(MediaType mediaType) {
    this.mediaType = mediaType;
  }

  /** The media type, without parameters. */
  public MediaType mediaType() {
    return mediaType;
  }

  /** The format that a media type names. */
  public static Optional<VoucherFormat> of(MediaType mediaType) {
    for (VoucherFormat format : values()) {
      if (format.mediaType.is(mediaType)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
