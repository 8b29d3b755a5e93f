package org.eider.masa;

import static java.util.Objects.requireNonNull;

import org.eider.wire.Octets;

/**
 * What tells devices apart (RFC 8995 section 5.5, RFC 8366bis section 6.1).
 *
 * @param serialNumber the product serial number
 * @param issuer the IDevID's AuthorityKeyIdentifier extnValue
 */
public record DeviceId(String serialNumber, Octets issuer) {
  /** Rejects null. */
  public DeviceId {
    requireNonNull(serialNumber);
    requireNonNull(issuer);
  }
}
