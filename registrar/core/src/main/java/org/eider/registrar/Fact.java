package org.eider.registrar;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/** Something that happened and is never changed afterwards; what a {@link DeviceLedger} is made of. */
public sealed interface Fact {
  /** The device it is about. */
  DeviceId device();

  /** When it happened. */
  Instant at();

  /**
   * A voucher exchange that reached the MASA and was granted.
   *
   * @param device the device
   * @param at when
   * @param session id of the session
   * @param pledgeRequest the pledge's request as received
   * @param registrarRequest our request to the MASA
   * @param voucher the voucher as received and verified
   * @param assertion what the voucher asserts
   * @param domainId of the certificate that it pins
   */
  record VoucherExchange(DeviceId device, Instant at, String session, Octets pledgeRequest, Octets registrarRequest, Octets voucher,
      Optional<Assertion> assertion, Octets domainId) implements Fact {}

  /**
   * The MASA's audit log as it was received.
   *
   * @param device the device
   * @param at when
   * @param body JSON as received; empty when the log was not to be had
   * @param unavailable why it was not to be had
   * @param judgement what was concluded from it, or from its absence
   */
  record AuditLogReceived(DeviceId device, Instant at, Optional<Octets> body, Optional<String> unavailable,
      Optional<Judgement> judgement) implements Fact {
    /** A log of which nothing was concluded. */
    public AuditLogReceived(DeviceId device, Instant at, Optional<Octets> body, Optional<String> unavailable) {
      this(device, at, body, unavailable, Optional.empty());
    }
  }

  /**
   * What an operator decided about the device.
   *
   * @param device the device
   * @param at when
   * @param approved whether it is let in
   * @param until when the decision ends; from then on the device is treated as if nobody had decided
   * @param by who decided, as far as the way in tells
   * @param reason for people; may be empty
   */
  record Decision(DeviceId device, Instant at, boolean approved, Instant until, String by, String reason) implements Fact {
    /** Whether it still counts. */
    public boolean holdsAt(Instant now) {
      return now.isBefore(until);
    }
  }

  /**
   * Telemetry of the device.
   *
   * @param device the device
   * @param at when
   * @param kind of what
   * @param status whether it went well
   * @param reason why not
   * @param body as received
   */
  record Telemetry(DeviceId device, Instant at, Kind kind, boolean status, Optional<String> reason, Octets body) implements Fact {
    /** The two bodies of RFC 8995 sections 5.7 and 5.9.4. */
    public enum Kind {
      /** voucher_status. */
      VOUCHER,
      /** enrollstatus. */
      ENROLMENT
    }
  }

  /**
   * An event of the device's history; it may change the device's state.
   *
   * @param device the device
   * @param at when
   * @param kind what
   * @param state the state that it leads to, where {@link Lifecycle} allows it to follow; empty when the event changes none
   * @param session id of the session in which it happened
   * @param reason the refusal's reason, when it is one
   * @param detail one sentence for people
   * @param idevid DER of the IDevID, when one was seen
   * @param certificate serial number of the LDevID concerned
   */
  record DeviceEvent(DeviceId device, Instant at, Kind kind, Optional<DeviceState> state, String session, Optional<String> reason,
      String detail, Optional<Octets> idevid, Optional<BigInteger> certificate) implements Fact {
    /** What can happen to a device. */
    public enum Kind {
      /** It asked for a voucher. */
      VOUCHER_REQUESTED,
      /** It waits for an operator; the reason is the rule that holds it. */
      HELD,
      /** It was refused one. */
      VOUCHER_REFUSED,
      /** It got one. */
      VOUCHER_ISSUED,
      /** It reported on its voucher. */
      VOUCHER_STATUS,
      /** It was refused a certificate. */
      ENROLMENT_REFUSED,
      /** It got its first certificate of this ownership. */
      ENROLLED,
      /** It renewed or rekeyed its certificate. */
      REENROLLED,
      /** It reported on its enrolment. */
      ENROLMENT_STATUS
    }
  }
}
