package org.eider.masa;

import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A device that was made here, as it stands now.
 *
 * @param id its serial number and the issuer of its IDevID
 * @param madeOn when its IDevID was issued
 * @param idevid DER of its IDevID, the newest when there were several
 * @param owner who owns it
 * @param history the vouchers that were given out for it
 */
public record Device(DeviceId id, Instant madeOn, Octets idevid, Optional<Owner> owner, VoucherHistory history) {
  Device apply(JournalEntry entry) {
    return entry.fold(
        made -> new Device(id, made.at(), made.idevid(), made.soldTo().or(() -> owner), history),
        granted -> new Device(id, madeOn, idevid, Optional.of(ownerBy(granted)), history.with(granted)),
        released -> new Device(id, madeOn, idevid, Optional.empty(), history));
  }

  static Device made(JournalEntry.Made made) {
    return new Device(made.device(), made.at(), made.idevid(), made.soldTo(), VoucherHistory.EMPTY);
  }

  private Owner ownerBy(JournalEntry.Granted granted) {
    Owner asked = new Owner(granted.domainId(), granted.keySha256(), granted.assertion(), granted.at());
    return owner.filter(present -> present.keySha256().equals(asked.keySha256()))
        .map(present -> present.isEstablished() ? present : new Owner(present.domainId(), present.keySha256(), asked.by(), present.since()))
        .orElse(asked);
  }
}
