package org.eider.registrar;

import java.util.Set;
import org.eider.wire.Octets;

/**
 * What a MASA's audit log may say of a device that is to be taken in (RFC 8995 section 5.8.3). What is not configured is held or
 * denied, but for the device's past in this very domain and in domains that are known to have released it.
 *
 * @param ownEntries vouchers that this domain got for the device before
 * @param releasedEntries vouchers for a domain of {@code releasedDomains}
 * @param foreignEntries vouchers for any other domain: the device may belong to somebody else
 * @param noncelessEntries vouchers without nonce for any domain but this, which may be used again at any time
 * @param truncated history that the MASA has left out, or a log that lacks the voucher that it has just issued
 * @param unavailable no log, or one that cannot be read
 * @param releasedDomains domainIDs of domains whose former devices are taken over, as the section 5.8.2 of RFC 8995 computes them
 */
public record AuditPolicy(Disposition ownEntries, Disposition releasedEntries, Disposition foreignEntries, Disposition noncelessEntries,
    Disposition truncated, Disposition unavailable, Set<Octets> releasedDomains) {
  /** Keeps an unmodifiable copy. */
  public AuditPolicy {
    releasedDomains = Set.copyOf(releasedDomains);
  }

  /** The policy of a manufacturer of which nothing else was said. */
  public static AuditPolicy standard() {
    return new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.DENY, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of());
  }
}
