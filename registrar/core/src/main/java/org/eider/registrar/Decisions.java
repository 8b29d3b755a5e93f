package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Records what operators decide. A decision counts from the device's next request on, also for its certificates, until it expires or
 * another one is made. It may be made of a device that has not come yet.
 */
public final class Decisions {
  /** How long a decision counts, unless told otherwise. */
  public static final Duration LIFETIME = Duration.ofHours(24);
  /** The shortest that a decision may count. */
  public static final Duration SHORTEST = Duration.ofMinutes(1);
  /** The longest that a decision may count. */
  public static final Duration LONGEST = Duration.ofDays(3660);

  private final DeviceLedger ledger;
  private final Duration lifetime;
  private final InstantSource clock;

  /**
   * Decisions on this ledger.
   *
   * @param lifetime how long a decision counts of which nothing else is said
   * @throws IllegalArgumentException when that is out of bounds
   */
  public Decisions(DeviceLedger ledger, Duration lifetime, InstantSource clock) {
    this.ledger = ledger;
    this.lifetime = within(lifetime);
    this.clock = clock;
  }

  /**
   * Records a decision.
   *
   * @param by who decides, as far as the way in tells; text that is not fit for a line of a log is cleaned, and cut at 200 characters
   * @param reason for people, never told to the device; the same
   * @param counts how long it counts; empty for the usual time
   * @throws IllegalArgumentException when that is out of bounds
   * @throws StoreException when it was not recorded
   */
  public Fact.Decision record(DeviceId device, boolean approved, String by, String reason, Optional<Duration> counts) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Fact.Decision decision = new Fact.Decision(device, now, approved, now.plus(within(counts.orElse(lifetime))),
        ExchangeLine.clean(by), ExchangeLine.clean(reason.strip()));
    ledger.append(List.of(decision));
    return decision;
  }

  private static Duration within(Duration duration) {
    if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a decision counts for 1 minute to " + LONGEST.toDays() + " days");
    }
    return duration;
  }
}
