package org.eider.registrar.store;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/** Facts for tests. */
final class Facts {
  static final Instant NOW = TestPki.NOW;
  static final Octets IDEVID = Octets.utf8("an IDevID");

  private Facts() {}

  static DeviceId device(String manufacturer, String serialNumber) {
    return new DeviceId(manufacturer, serialNumber);
  }

  static DeviceEvent requested(DeviceId device, Instant at) {
    return event(device, at, DeviceEvent.Kind.VOUCHER_REQUESTED, Optional.of(DeviceState.REQUESTED), "asks for a voucher");
  }

  static DeviceEvent issued(DeviceId device, Instant at) {
    return event(device, at, DeviceEvent.Kind.VOUCHER_ISSUED, Optional.of(DeviceState.VOUCHER_ISSUED), "gets a voucher");
  }

  static DeviceEvent note(DeviceId device, Instant at, String detail) {
    return event(device, at, DeviceEvent.Kind.VOUCHER_REQUESTED, Optional.empty(), detail);
  }

  static DeviceEvent refused(DeviceId device, Instant at, String reason) {
    return new DeviceEvent(device, at, DeviceEvent.Kind.VOUCHER_REFUSED, Optional.of(DeviceState.REFUSED), "s-1", Optional.of(reason),
        "not on the list", Optional.empty(), Optional.empty());
  }

  static DeviceEvent enrolled(DeviceId device, Instant at, BigInteger serial) {
    return new DeviceEvent(device, at, DeviceEvent.Kind.ENROLLED, Optional.of(DeviceState.ENROLLED), "s-1", Optional.empty(),
        "gets its LDevID", Optional.of(IDEVID), Optional.of(serial));
  }

  static Fact.VoucherExchange exchange(DeviceId device, Instant at, String session) {
    return new Fact.VoucherExchange(device, at, session, Octets.utf8("pledge asks " + session), Octets.utf8("registrar asks"),
        Octets.utf8("voucher"), Optional.of(Assertion.AGENT_PROXIMITY), Octets.utf8("domain"));
  }

  /** What a whole onboarding records of a device. */
  static List<Fact> onboarding(DeviceId device, BigInteger serial) {
    return List.of(
        requested(device, NOW),
        exchange(device, NOW, "s-1"),
        new Fact.AuditLogReceived(device, NOW, Optional.of(Octets.utf8("{\"version\":1}")), Optional.empty()),
        issued(device, NOW),
        new Fact.Telemetry(device, NOW, Fact.Telemetry.Kind.VOUCHER, true, Optional.empty(), Octets.utf8("{}")),
        enrolled(device, NOW, serial));
  }

  private static DeviceEvent event(DeviceId device, Instant at, DeviceEvent.Kind kind, Optional<DeviceState> state, String detail) {
    return new DeviceEvent(device, at, kind, state, "s-1", Optional.empty(), detail, Optional.of(IDEVID), Optional.empty());
  }
}
