package org.eider.pledge;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eider.pki.TrustAnchors.Leniency;

/**
 * What a device knows of time.
 *
 * @param clock the time of day
 * @param trusted whether it may be believed; a device without a real-time clock ignores all dates (RFC 8995 section 2.6.1)
 * @param nanos counts up steadily, for durations
 * @param pause how to wait
 */
public record PledgeTime(InstantSource clock, boolean trusted, LongSupplier nanos, Pause pause) {
  private static final Leniency[] STRICT = {};
  private static final Leniency[] ANY_DATE = {Leniency.IGNORE_VALIDITY};

  /** A clock that is right, and real waiting. */
  public static PledgeTime of(InstantSource clock) {
    return new PledgeTime(clock, true, System::nanoTime, Pause.real());
  }

  /** The same, of a device that cannot tell the time of day. */
  public PledgeTime untrusted() {
    return new PledgeTime(clock, false, nanos, pause);
  }

  /** The time of day, if the device knows it. */
  public Optional<Instant> known() {
    return trusted ? Optional.of(clock.instant()) : Optional.empty();
  }

  /** What path validation has to overlook. */
  Leniency[] leniency() {
    return trusted ? STRICT : ANY_DATE;
  }
}
