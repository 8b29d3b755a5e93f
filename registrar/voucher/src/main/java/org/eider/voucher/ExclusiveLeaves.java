package org.eider.voucher;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which leaves of a voucher exclude each other: nonce and expires-on (the YANG {@code must} of RFC 8366 section 5.3), and the three
 * ways to pin. RFC 8366bis says the same in words while its YANG has given up the choices; should that change, this is the place.
 */
public final class ExclusiveLeaves {
  private ExclusiveLeaves() {}

  /** The first rule that {@code voucher} breaks. */
  public static Optional<VoucherFlaw> check(Voucher voucher) {
    if (voucher.nonce().isPresent() && voucher.expiresOn().isPresent()) {
      return Optional.of(VoucherFlaw.NONCE_AND_EXPIRY);
    }
    long pins = Stream.of(voucher.pinnedDomainCert(), voucher.pinnedDomainKey(), voucher.pinnedDomainKeySha256())
        .filter(Optional::isPresent)
        .count();
    return pins > 1 ? Optional.of(VoucherFlaw.SEVERAL_PINS) : Optional.empty();
  }
}
