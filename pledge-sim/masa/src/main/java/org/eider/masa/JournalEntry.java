package org.eider.masa;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/** One fact of a manufacturer's journal; the state of everything follows from the facts in their order. */
public sealed interface JournalEntry {
  /** When it happened. */
  Instant at();

  /** Which device it is about. */
  DeviceId device();

  /** Applies the function that fits. */
  <R> R fold(Function<Made, R> made, Function<Granted, R> granted, Function<Released, R> released);

  /**
   * An IDevID was issued; a further one of the same device replaces it.
   *
   * @param idevid its DER
   * @param soldTo the domain that bought the device, when that is known
   */
  record Made(Instant at, DeviceId device, Octets idevid, Optional<Owner> soldTo) implements JournalEntry {
    @Override
    public <R> R fold(Function<Made, R> made, Function<Granted, R> granted, Function<Released, R> released) {
      return made.apply(this);
    }
  }

  /**
   * A voucher was decided upon; it may have been signed and answered.
   *
   * @param domainId of the pinned certificate, or where a registrar's key is pinned, of the one that would be
   * @param keySha256 SHA-256 over its SubjectPublicKeyInfo
   * @param nonce as it stood in the request
   */
  record Granted(Instant at, DeviceId device, Octets domainId, Octets keySha256, Optional<String> nonce, Assertion assertion)
      implements JournalEntry {
    @Override
    public <R> R fold(Function<Made, R> made, Function<Granted, R> granted, Function<Released, R> released) {
      return granted.apply(this);
    }
  }

  /** The owner gave the device up. */
  record Released(Instant at, DeviceId device) implements JournalEntry {
    @Override
    public <R> R fold(Function<Made, R> made, Function<Granted, R> granted, Function<Released, R> released) {
      return released.apply(this);
    }
  }
}
