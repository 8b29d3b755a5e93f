package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.eider.registrar.Fact.DeviceEvent;

/** Puts cases together from what is stored; safe for many threads. */
public final class Cases {
  /** How many of a device's events are looked through for what an approval answers. */
  private static final int EVENTS = 256;
  /** Longer than the events of one append are apart. */
  private static final Duration TOGETHER = Duration.ofSeconds(1);

  private final DeviceLedger ledger;
  private final ManufacturerStore manufacturers;
  private final InstantSource clock;

  /** From these. */
  public Cases(DeviceLedger ledger, ManufacturerStore manufacturers, InstantSource clock) {
    this.ledger = ledger;
    this.manufacturers = manufacturers;
    this.clock = clock;
  }

  /** The device as it stands now, known or not, before it asks and before a MASA is asked about it. */
  public Case of(DeviceId device, Case.Purpose purpose) {
    return of(device, ledger.device(device), purpose);
  }

  /**
   * Whether a device still stands as it did when a case was judged: what was decided about it since, or what it has come to, may make
   * another verdict.
   */
  static Predicate<Optional<Device>> stillAs(Optional<Device> judged) {
    return now -> now.map(Device::state).equals(judged.map(Device::state))
        && now.flatMap(Device::idevid).equals(judged.flatMap(Device::idevid))
        && now.flatMap(Device::decision).equals(judged.flatMap(Device::decision))
        && now.flatMap(Device::hold).equals(judged.flatMap(Device::hold));
  }

  /** The same for a device of which it is known how it stands. */
  Case of(DeviceId device, Optional<Device> known, Case.Purpose purpose) {
    Optional<Manufacturer> manufacturer = manufacturers.manufacturer(device.manufacturer());
    boolean expected = manufacturer.filter(by -> by.admission() == Manufacturer.Admission.EXPECTED).isPresent()
        && manufacturers.isExpected(device);
    Case facts = new Case(device, purpose, manufacturer, expected, known, Set.of(), Optional.empty(), Optional.empty(), clock.instant());
    return facts.approval().map(approval -> facts.answering(answeredBy(approval, known.orElseThrow()))).orElse(facts);
  }

  /**
   * What held the device when it was approved, and since its last voucher before that; of equal times, a hold was first. Clocks are
   * set back, and an approval may overtake a hold: a hold that the device has is later than the approval whatever its time, since a
   * decision ends the one before it; and where something is recorded of a time before the approval, the approval answers nothing.
   */
  private Set<Rule> answeredBy(Fact.Decision approval, Device device) {
    Set<Rule> answered = EnumSet.noneOf(Rule.class);
    if (device.lastSeen().isBefore(approval.at())) {
      return answered;
    }
    List<DeviceEvent> newestFirst = ledger.history(approval.device(), EVENTS);
    for (DeviceEvent event : newestFirst.subList(device.hold().map(hold -> later(newestFirst, hold)).orElse(0), newestFirst.size())) {
      int order = millis(event.at()).compareTo(approval.at());
      if (order < 0 && event.kind() == DeviceEvent.Kind.VOUCHER_ISSUED) {
        break;
      }
      if (order <= 0 && event.kind() == DeviceEvent.Kind.HELD) {
        event.reason().flatMap(Rule::named).ifPresent(answered::add);
      }
    }
    return answered;
  }

  /** How many events are as late as {@code hold}, with those of the other rules that held the device together with it. */
  private static int later(List<DeviceEvent> newestFirst, Hold hold) {
    int first = 0;
    while (first < newestFirst.size() && !began(newestFirst.get(first), hold)) {
      first++;
    }
    int end = first;
    while (end < newestFirst.size() && isBeside(newestFirst.get(first), newestFirst.get(end))) {
      end++;
    }
    return end;
  }

  private static boolean began(DeviceEvent event, Hold hold) {
    return event.kind() == DeviceEvent.Kind.HELD && event.reason().equals(Optional.of(hold.rule()))
        && millis(event.at()).equals(millis(hold.since()));
  }

  private static boolean isBeside(DeviceEvent hold, DeviceEvent event) {
    return event.kind() == DeviceEvent.Kind.HELD && event.session().equals(hold.session())
        && Duration.between(event.at(), hold.at()).abs().compareTo(TOGETHER) < 0;
  }

  private static Instant millis(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS);
  }
}
