package org.eider.voucher;

import static java.util.Objects.requireNonNull;

import org.eider.wire.Octets;

/**
 * A signed voucher or voucher request as it stands on the wire, neither parsed nor believed.
 *
 * @param format how to read it
 * @param bytes octet for octet as received or made
 */
public record VoucherArtifact(VoucherFormat format, Octets bytes) {
  /** Rejects null. */
  public VoucherArtifact {
    requireNonNull(format);
    requireNonNull(bytes);
  }
}
