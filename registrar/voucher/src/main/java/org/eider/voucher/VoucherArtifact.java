package org.eider.voucher;

import static java.util.Objects.requireNonNull;

import org.eider.pki.CoseMessage;
import org.eider.wire.DecodeException;
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

  /**
   * The artifact as a registrar hands it to a pledge. In COSE, the certificates in the unprotected header are left out and everything that
   * is signed stays octet for octet; in CMS, nothing changes.
   *
   * @throws DecodeException when it is no such artifact
   */
  public VoucherArtifact forPledge() throws DecodeException {
    return switch (format) {
      case CMS_JSON -> this;
      case COSE_CBOR -> new VoucherArtifact(format, CoseMessage.parse(bytes).withoutLooseCertificates());
    };
  }
}
