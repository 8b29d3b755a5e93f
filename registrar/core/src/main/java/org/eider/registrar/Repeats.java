package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.Fact.DeviceEvent;

/**
 * Keeps one device from filling the store: requests, refusals and reports, which it can bring about as often as it likes, are recorded
 * when they are news. The log has a line of each in any case. Vouchers, certificates, holds and decisions are always recorded.
 *
 * <p>What is no news: the same as the latest of its kind, within an hour and with no grant in between; and whatever comes after
 * {@value #MOST} events within an hour, which only a device brings about that is broken or means ill. A state that such an event would
 * lead to is not reached either; it could only be that of the device that will not stop.
 */
final class Repeats {
  /** Events of a device in an hour, beyond which no more of these are recorded. */
  static final int MOST = 64;
  private static final Duration WINDOW = Duration.ofHours(1);

  private final DeviceLedger ledger;

  Repeats(DeviceLedger ledger) {
    this.ledger = ledger;
  }

  /** The event, if it is to be recorded. */
  Optional<DeviceEvent> news(DeviceEvent event) {
    List<DeviceEvent> newestFirst = ledger.history(event.device(), MOST);
    return isTooMany(newestFirst, event) || repeats(newestFirst, event) ? Optional.empty() : Optional.of(event);
  }

  /** The event that its maker knows to be news, unless the device has brought about too many. */
  Optional<DeviceEvent> bounded(DeviceEvent event) {
    return isTooMany(ledger.history(event.device(), MOST), event) ? Optional.empty() : Optional.of(event);
  }

  private static boolean isTooMany(List<DeviceEvent> newestFirst, DeviceEvent event) {
    return newestFirst.size() == MOST && isRecent(newestFirst.get(MOST - 1), event.at());
  }

  private static boolean repeats(List<DeviceEvent> newestFirst, DeviceEvent event) {
    for (DeviceEvent before : newestFirst) {
      if (isGrant(before)) {
        return false;
      }
      if (before.kind() == event.kind()) {
        return isRecent(before, event.at()) && isSame(before, event);
      }
    }
    return false;
  }

  private static boolean isGrant(DeviceEvent event) {
    return switch (event.kind()) {
      case VOUCHER_ISSUED, ENROLLED, REENROLLED -> true;
      case VOUCHER_REQUESTED, HELD, VOUCHER_REFUSED, VOUCHER_STATUS, ENROLMENT_REFUSED, ENROLMENT_STATUS -> false;
    };
  }

  private static boolean isSame(DeviceEvent one, DeviceEvent other) {
    return one.state().equals(other.state()) && one.reason().equals(other.reason()) && one.idevid().equals(other.idevid())
        && one.certificate().equals(other.certificate());
  }

  /** On either side, lest a clock that was wrong for a while silences the device. */
  private static boolean isRecent(DeviceEvent event, Instant now) {
    return Duration.between(event.at(), now).abs().compareTo(WINDOW) < 0;
  }
}
