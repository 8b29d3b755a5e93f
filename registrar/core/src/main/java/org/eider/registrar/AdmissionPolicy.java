package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides who gets a voucher: a pure function of what it is given, and refusal unless it says otherwise. */
@FunctionalInterface
public interface AdmissionPolicy {
  /**
   * Everything that may be looked at.
   *
   * @param id the device, its identity proven by its IDevID
   * @param manufacturer its manufacturer
   * @param expected whether its serial number was listed beforehand
   * @param known the device as it stood before this request
   * @param now the time
   */
  record Application(DeviceId id, Manufacturer manufacturer, boolean expected, Optional<Device> known, Instant now) {}

  /** The decision. */
  sealed interface Decision permits Admit, Hold, Deny {}

  /** Let it in. */
  record Admit() implements Decision {}

  /** Not decided yet; the pledge comes back after {@code retryAfter}. */
  record Hold(Duration retryAfter, String why) implements Decision {}

  /** Keep it out. */
  record Deny(VoucherReason reason, String why) implements Decision {}

  /** Decides. */
  Decision decide(Application application);

  /** Asks {@code next} only after this policy admits. */
  default AdmissionPolicy and(AdmissionPolicy next) {
    return application -> {
      Decision decision = decide(application);
      return decision instanceof Admit ? next.decide(application) : decision;
    };
  }

  /** Goes by the manufacturer's {@link Manufacturer.Admission}. */
  static AdmissionPolicy byManufacturer() {
    return application -> switch (application.manufacturer().admission()) {
      case AUTO -> new Admit();
      case EXPECTED -> application.expected()
          ? new Admit()
          : new Deny(VoucherReason.NOT_EXPECTED, "this device is not on the list of expected devices");
      case MANUAL -> new Hold(Duration.ofSeconds(60), "an operator has to approve this device");
    };
  }
}
