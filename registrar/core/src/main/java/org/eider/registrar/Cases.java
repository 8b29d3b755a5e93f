package org.eider.registrar;

import java.time.InstantSource;
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
    Optional<Device> known = ledger.device(device);
    Case facts = new Case(device, purpose, manufacturers.manufacturer(device.manufacturer()), manufacturers.isExpected(device), known,
        Set.of(), Optional.empty(), Optional.empty(), clock.instant());
    return facts.approval().map(approval -> new Case(device, purpose, facts.manufacturer(), facts.expected(), known,
        answeredBy(approval), facts.asked(), facts.audit(), facts.now())).orElse(facts);
  }

  /** What held the device when the operator approved it. What was before its last voucher then is over. */
  private Set<Rule> answeredBy(Fact.Decision approval) {
    Set<Rule> answered = EnumSet.noneOf(Rule.class);
    for (DeviceEvent event : ledger.history(approval.device(), EVENTS)) {
      if (event.at().isAfter(approval.at())) {
        continue;
      }
      if (event.kind() == DeviceEvent.Kind.VOUCHER_ISSUED) {
        break;
      }
      if (event.kind() == DeviceEvent.Kind.HELD) {
        event.reason().flatMap(Rule::named).ifPresent(answered::add);
      }
    }
    return answered;
  }
}
