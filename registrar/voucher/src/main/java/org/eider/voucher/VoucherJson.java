package org.eider.voucher;

import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * The JSON encoding of RFC 7951 for the modules ietf-voucher and ietf-voucher-request. Encoding is total. Decoding is strict about
 * structure and types, and takes the documented deviations of published artefacts: nonces in either base64 alphabet, a created-on
 * that is a bare date. Unknown leaves are ignored (RFC 8366bis section 6).
 */
public final class VoucherJson {
  /** Greatest JSON text that is read, in octets. */
  public static final int MAX_SIZE = 64 * 1024;

  private VoucherJson() {}

  /** UTF-8 JSON. */
  public static Octets encode(Voucher voucher) {
    throw new UnsupportedOperationException();
  }

  /** UTF-8 JSON. */
  public static Octets encode(VoucherRequest request) {
    throw new UnsupportedOperationException();
  }

  /** Reads a voucher; the one top-level member has to be {@code ietf-voucher:voucher}. */
  public static Voucher voucher(Octets json) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** Reads a request; the one top-level member has to be {@code ietf-voucher-request:voucher}. */
  public static VoucherRequest request(Octets json) throws DecodeException {
    throw new UnsupportedOperationException();
  }
}
