package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many devices of one manufacturer may wait for an operator at a time, or for its MASA, so that a flood of devices with good IDevIDs
 * neither fills the store nor buries the operator. Counted anew every few seconds; in between, those that came in are added and those
 * that left are not yet seen. Safe for many threads.
 */
final class WaitingRoom {
  private static final Duration COUNTED_FOR = Duration.ofSeconds(5);

  private final DeviceLedger ledger;
  private final Hold.For whom;
  private final int most;
  private final InstantSource clock;
  /** As many entries as there are manufacturers: only a proven device gets here. */
  private final Map<String, Count> counts = new ConcurrentHashMap<>();

  WaitingRoom(DeviceLedger ledger, Hold.For whom, int most, InstantSource clock) {
    this.ledger = ledger;
    this.whom = whom;
    this.most = most;
    this.clock = clock;
  }

  private record Count(Instant at, long held) {}

  /** Takes a place for one more device that has none; false when there is none left. */
  boolean enter(String manufacturer) {
    return counts.compute(manufacturer, (name, last) -> next(name, last)).held() <= most;
  }

  private Count next(String manufacturer, Count last) {
    Instant now = clock.instant();
    boolean fresh = last != null && Duration.between(last.at(), now).abs().compareTo(COUNTED_FOR) < 0;
    Count counted = fresh ? last : new Count(now, ledger.heldOf(manufacturer, whom));
    return new Count(counted.at(), Math.min(counted.held() + 1, most + 1L));
  }
}
