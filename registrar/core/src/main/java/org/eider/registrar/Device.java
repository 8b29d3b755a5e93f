package org.eider.registrar;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * A device as it stands now; everything here follows from its facts by {@link Lifecycle}.
 *
 * @param id manufacturer and serial number
 * @param state how far it has come
 * @param firstSeen when the first fact was recorded
 * @param lastSeen when the latest fact was recorded
 * @param refusal reason and detail of the latest refusal, until it is granted what it was refused
 * @param idevid DER of the IDevID that its voucher was issued to; before that, of the latest that it showed
 * @param ldevid serial number of its latest LDevID
 * @param hold why it waits for an operator, while it does
 * @param decision what an operator decided last; it may have expired
 */
public record Device(DeviceId id, DeviceState state, Instant firstSeen, Instant lastSeen, Optional<String> refusal,
    Optional<Octets> idevid, Optional<BigInteger> ldevid, Optional<Hold> hold, Optional<Fact.Decision> decision) {
  /** A device that waits for nobody and of which nobody has decided. */
  public Device(DeviceId id, DeviceState state, Instant firstSeen, Instant lastSeen, Optional<String> refusal, Optional<Octets> idevid,
      Optional<BigInteger> ldevid) {
    this(id, state, firstSeen, lastSeen, refusal, idevid, ldevid, Optional.empty(), Optional.empty());
  }
}
