package org.eider.registrar;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.eider.registrar.Fact.DeviceEvent;

/** Puts cases together from what is stored; safe for many threads. */
public final class Cases {
  /** How many of a device's events are looked through for what an approval answers. */
  private static final int EVENTS = 256;

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

  /** The same for a device of which it is known how it stands. */
  Case of(DeviceId device, Optional<Device> known, Case.Purpose purpose) {
    Optional<Manufacturer> manufacturer = manufacturers.manufacturer(device.manufacturer());
    boolean expected = manufacturer.filter(by -> by.admission() == Manufacturer.Admission.EXPECTED).isPresent()
        && manufacturers.isExpected(device);
    Case facts = new Case(device, purpose, manufacturer, expected, known, Set.of(), Optional.empty(), Optional.empty(), clock.instant());
    return facts.approval().map(approval -> facts.answering(answeredBy(approval))).orElse(facts);
  }

  /** What held the device when it was approved, and since its last voucher before that; of equal times, a hold was first. */
  private Set<Rule> answeredBy(Fact.Decision approval) {
    Set<Rule> answered = EnumSet.noneOf(Rule.class);
    for (DeviceEvent event : ledger.history(approval.device(), EVENTS)) {
      int order = event.at().truncatedTo(ChronoUnit.MILLIS).compareTo(approval.at());
      if (order < 0 && event.kind() == DeviceEvent.Kind.VOUCHER_ISSUED) {
        break;
      }
      if (order <= 0 && event.kind() == DeviceEvent.Kind.HELD) {
        event.reason().flatMap(Rule::named).ifPresent(answered::add);
      }
    }
    return answered;
  }
}
