package org.eider.voucher;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A voucher request, of a pledge or of a registrar (RFC 8995 section 3, RFC 8366bis section 6). Leaves that a request may carry and
 * that its receiver ignores (pins, last-renewal-date) are not kept.
 *
 * @param serialNumber the device's product serial number
 * @param assertion the mechanism that the pledge announces
 * @param createdOn when it was made
 * @param expiresOn when it ends
 * @param nonce the pledge's nonce
 * @param idevidIssuer AuthorityKeyIdentifier extnValue of the IDevID; in a registrar's request
 * @param proximityRegistrarCert DER of the certificate that the pledge saw; in a pledge's request
 * @param proximityRegistrarKey its SubjectPublicKeyInfo instead
 * @param proximityRegistrarKeySha256 the SHA-256 of that instead
 * @param priorSigned the pledge's signed request octet for octet, or at renewal the old voucher; in a registrar's request
 */
public record VoucherRequest(
    String serialNumber,
    Optional<Assertion> assertion,
    Optional<Instant> createdOn,
    Optional<Instant> expiresOn,
    Optional<Nonce> nonce,
    Optional<Octets> idevidIssuer,
    Optional<Octets> proximityRegistrarCert,
    Optional<Octets> proximityRegistrarKey,
    Optional<Octets> proximityRegistrarKeySha256,
    Optional<Octets> priorSigned) {
  /** Rejects null. */
  public VoucherRequest {
    requireNonNull(serialNumber);
  }

  /** A builder for a request about that device. */
  public static Builder of(String serialNumber) {
    return new Builder(serialNumber);
  }

  /** Collects leaves. */
  public static final class Builder {
    private final String serialNumber;
    private Optional<Assertion> assertion = Optional.empty();
    private Optional<Instant> createdOn = Optional.empty();
    private Optional<Instant> expiresOn = Optional.empty();
    private Optional<Nonce> nonce = Optional.empty();
    private Optional<Octets> idevidIssuer = Optional.empty();
    private Optional<Octets> proximityRegistrarCert = Optional.empty();
    private Optional<Octets> proximityRegistrarKey = Optional.empty();
    private Optional<Octets> proximityRegistrarKeySha256 = Optional.empty();
    private Optional<Octets> priorSigned = Optional.empty();

    private Builder(String serialNumber) {
      this.serialNumber = serialNumber;
    }

    /** Sets or clears the leaf. */
    public Builder assertion(Optional<Assertion> value) {
      assertion = value;
      return this;
    }

    /** Sets the leaf. */
    public Builder createdOn(Instant value) {
      createdOn = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder expiresOn(Instant value) {
      expiresOn = Optional.of(value);
      return this;
    }

    /** Sets or clears the leaf. */
    public Builder nonce(Optional<Nonce> value) {
      nonce = value;
      return this;
    }

    /** Sets the leaf. */
    public Builder idevidIssuer(Octets value) {
      idevidIssuer = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder proximityRegistrarCert(Octets value) {
      proximityRegistrarCert = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder proximityRegistrarKey(Octets value) {
      proximityRegistrarKey = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder proximityRegistrarKeySha256(Octets value) {
      proximityRegistrarKeySha256 = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder priorSigned(Octets value) {
      priorSigned = Optional.of(value);
      return this;
    }

    /** The request. */
    public VoucherRequest build() {
      return new VoucherRequest(serialNumber, assertion, createdOn, expiresOn, nonce, idevidIssuer, proximityRegistrarCert,
          proximityRegistrarKey, proximityRegistrarKeySha256, priorSigned);
    }
  }
}
