package org.eider.voucher;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A voucher as wide as the YANG module of RFC 8366bis: only the serial number is mandatory. Which leaves have to be there, and
 * which exclude each other, is checked by who uses it, not by the type.
 *
 * @param serialNumber the device's product serial number
 * @param assertion how ownership was established
 * @param createdOn when it was made
 * @param expiresOn when it ends; a nonced voucher needs none
 * @param lastRenewalDate informative
 * @param revocationChecks whether the pledge checks revocation of the pinned certificate; absent means normal PKIX
 * @param nonce copied from the request
 * @param idevidIssuer AuthorityKeyIdentifier extnValue of the IDevID, where serial numbers are ambiguous
 * @param pinnedDomainCert DER of the pinned certificate
 * @param pinnedDomainKey DER SubjectPublicKeyInfo that is pinned instead
 * @param pinnedDomainKeySha256 its SHA-256 that is pinned instead
 * @param estDomain EST server to go to (BRSKI-Cloud)
 * @param additionalConfigurationUrl further configuration (BRSKI-Cloud)
 */
public record Voucher(
    String serialNumber,
    Optional<Assertion> assertion,
    Optional<Instant> createdOn,
    Optional<Instant> expiresOn,
    Optional<Instant> lastRenewalDate,
    Optional<Boolean> revocationChecks,
    Optional<Nonce> nonce,
    Optional<Octets> idevidIssuer,
    Optional<Octets> pinnedDomainCert,
    Optional<Octets> pinnedDomainKey,
    Optional<Octets> pinnedDomainKeySha256,
    Optional<URI> estDomain,
    Optional<URI> additionalConfigurationUrl) {
  /** Rejects null. */
  public Voucher {
    requireNonNull(serialNumber);
  }

  /** A builder for a voucher of that device. */
  public static Builder of(String serialNumber) {
    return new Builder(serialNumber);
  }

  /** Collects leaves. */
  public static final class Builder {
    private final String serialNumber;
    private Optional<Assertion> assertion = Optional.empty();
    private Optional<Instant> createdOn = Optional.empty();
    private Optional<Instant> expiresOn = Optional.empty();
    private Optional<Instant> lastRenewalDate = Optional.empty();
    private Optional<Boolean> revocationChecks = Optional.empty();
    private Optional<Nonce> nonce = Optional.empty();
    private Optional<Octets> idevidIssuer = Optional.empty();
    private Optional<Octets> pinnedDomainCert = Optional.empty();
    private Optional<Octets> pinnedDomainKey = Optional.empty();
    private Optional<Octets> pinnedDomainKeySha256 = Optional.empty();
    private Optional<URI> estDomain = Optional.empty();
    private Optional<URI> additionalConfigurationUrl = Optional.empty();

    private Builder(String serialNumber) {
      this.serialNumber = serialNumber;
    }

    /** Sets the leaf. */
    public Builder assertion(Assertion value) {
      assertion = Optional.of(value);
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

    /** Sets the leaf. */
    public Builder lastRenewalDate(Instant value) {
      lastRenewalDate = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder revocationChecks(boolean value) {
      revocationChecks = Optional.of(value);
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
    public Builder pinnedDomainCert(Octets value) {
      pinnedDomainCert = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder pinnedDomainKey(Octets value) {
      pinnedDomainKey = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder pinnedDomainKeySha256(Octets value) {
      pinnedDomainKeySha256 = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder estDomain(URI value) {
      estDomain = Optional.of(value);
      return this;
    }

    /** Sets the leaf. */
    public Builder additionalConfigurationUrl(URI value) {
      additionalConfigurationUrl = Optional.of(value);
      return this;
    }

    /** The voucher. */
    public Voucher build() {
      return new Voucher(serialNumber, assertion, createdOn, expiresOn, lastRenewalDate, revocationChecks, nonce, idevidIssuer,
          pinnedDomainCert, pinnedDomainKey, pinnedDomainKeySha256, estDomain, additionalConfigurationUrl);
    }
  }
}
