package org.eider.registrar;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.eider.registrar.Fact.DeviceEvent;

/**
 * How a device's facts make up the device: the one place that knows which state may follow which. Pure; every {@link DeviceLedger}
 * applies it inside its own transaction, so that a late refusal or report cannot undo what has been reached in the meantime.
 */
public final class Lifecycle {
  /** Refusals of a request for what it is; they say nothing of the device, whose next request may be better. */
  private static final Set<VoucherReason> OF_THE_REQUEST = EnumSet.of(VoucherReason.MALFORMED_REQUEST, VoucherReason.SERIAL_MISMATCH,
      VoucherReason.PROXIMITY_MISMATCH, VoucherReason.NO_NONCE, VoucherReason.OVERLOADED, VoucherReason.STORE_BUSY,
      VoucherReason.INTERNAL);
  /** Refusals of the device, which stand until it is granted what it was refused or refused for something else about it. */
  private static final Set<VoucherReason> OF_THE_DEVICE = EnumSet.of(VoucherReason.DENIED, VoucherReason.AUDIT_REFUSED);

  private Lifecycle() {}

  /**
   * The device after one more fact.
   *
   * <p>A voucher that was issued begins the life cycle anew. A refusal moves a device only while nothing has been granted to it. A
   * report moves it only out of the states that the report is about. Once a voucher is issued, {@link Device#idevid()} stays the
   * IDevID that it was issued to until there is another voucher. A grant clears the refusal; a refusal that tells less than the one
   * before it leaves that one. A request that is refused for what it is leaves its device waiting.
   *
   * @param before the device before it; empty when this is its first fact
   */
  public static Device after(Optional<Device> before, Fact fact) {
    Instant first = before.map(Device::firstSeen).orElse(fact.at());
    DeviceState state = before.map(Device::state).orElse(DeviceState.REQUESTED);
    Device known = before.orElseGet(
        () -> new Device(fact.device(), state, first, fact.at(), Optional.empty(), Optional.empty(), Optional.empty()));
    if (fact instanceof DeviceEvent event) {
      return apply(known, event);
    }
    return fact instanceof Fact.Decision decision
        ? apply(known, decision)
        : new Device(known.id(), state, first, fact.at(), known.refusal(), known.idevid(), known.ldevid(), known.hold(), known.decision());
  }

  /** The state after {@code from} when an event proposes {@code to}: {@code to} where it may follow, else {@code from}. */
  public static DeviceState next(DeviceState from, DeviceState to) {
    return mayFollow(from, to) ? to : from;
  }

  private static boolean mayFollow(DeviceState from, DeviceState to) {
    return switch (to) {
      case REQUESTED, REFUSED -> from == DeviceState.REQUESTED || from == DeviceState.REFUSED;
      case VOUCHER_ISSUED -> true;
      case VOUCHER_ACCEPTED -> from == DeviceState.VOUCHER_ISSUED;
      case VOUCHER_REJECTED -> from == DeviceState.VOUCHER_ISSUED || from == DeviceState.VOUCHER_ACCEPTED;
      case ENROLLED -> from.mayEnrol();
      case OPERATIONAL -> from == DeviceState.ENROLLED || from == DeviceState.ENROLMENT_FAILED;
      case ENROLMENT_FAILED ->
          from == DeviceState.VOUCHER_ISSUED || from == DeviceState.VOUCHER_ACCEPTED || from == DeviceState.ENROLLED;
    };
  }

  private static Device apply(Device device, DeviceEvent event) {
    boolean holdsVoucher = device.state() != DeviceState.REQUESTED && device.state() != DeviceState.REFUSED;
    boolean showsIdevid = event.idevid().isPresent() && (!holdsVoucher || event.kind() == DeviceEvent.Kind.VOUCHER_ISSUED);
    boolean grantsLdevid = event.kind() == DeviceEvent.Kind.ENROLLED || event.kind() == DeviceEvent.Kind.REENROLLED;
    return new Device(device.id(),
        event.state().map(proposed -> next(device.state(), proposed)).orElse(device.state()),
        device.firstSeen(),
        event.at(),
        refusalAfter(device, event),
        showsIdevid ? event.idevid() : device.idevid(),
        grantsLdevid ? event.certificate() : device.ldevid(),
        holdAfter(device, event),
        device.decision());
  }

  /** A decision ends the waiting; a denial is a refusal wherever nothing has been granted. */
  private static Device apply(Device device, Fact.Decision decision) {
    Optional<String> refusal = decision.approved()
        ? Optional.empty()
        : Optional.of("DENIED: " + (decision.reason().isEmpty() ? "denied by " + decision.by() : decision.reason()));
    DeviceState proposed = decision.approved() ? DeviceState.REQUESTED : DeviceState.REFUSED;
    return new Device(device.id(), next(device.state(), proposed), device.firstSeen(), decision.at(), refusal, device.idevid(),
        device.ldevid(), Optional.empty(), Optional.of(decision));
  }

  /** The first hold of a rule counts for as long as that rule holds; whatever ends the request ends it. */
  private static Optional<Hold> holdAfter(Device device, DeviceEvent event) {
    return switch (event.kind()) {
      case HELD -> {
        String rule = event.reason().orElse("");
        Instant since = device.hold().filter(hold -> hold.rule().equals(rule)).map(Hold::since).orElse(event.at());
        yield Optional.of(new Hold(since, rule, event.detail()));
      }
      case VOUCHER_REFUSED -> isOfTheRequest(event) ? device.hold() : Optional.empty();
      case VOUCHER_ISSUED -> Optional.empty();
      case VOUCHER_REQUESTED, VOUCHER_STATUS, ENROLMENT_REFUSED, ENROLLED, REENROLLED, ENROLMENT_STATUS -> device.hold();
    };
  }

  private static Optional<String> refusalAfter(Device device, DeviceEvent event) {
    return switch (event.kind()) {
      case VOUCHER_REFUSED, ENROLMENT_REFUSED -> Optional.of(device.refusal().filter(earlier -> saysMore(earlier, event))
          .orElseGet(() -> event.reason().map(reason -> reason + ": ").orElse("") + event.detail()));
      case VOUCHER_ISSUED, ENROLLED, REENROLLED -> Optional.empty();
      case VOUCHER_REQUESTED, HELD, VOUCHER_STATUS, ENROLMENT_STATUS -> device.refusal();
    };
  }

  /**
   * Whether an earlier refusal tells more than this one. That there is no voucher tells less than why there is none; what is wrong with
   * a request, less than what is wrong with the device; and a denial that takes effect, less than the operator's words.
   */
  private static boolean saysMore(String earlier, DeviceEvent refused) {
    boolean ofTheDevice = OF_THE_DEVICE.stream().anyMatch(reason -> earlier.startsWith(reason + ": "));
    boolean sameDenial = isFor(refused, VoucherReason.DENIED) && earlier.startsWith(VoucherReason.DENIED + ": ");
    return refused.reason().equals(Optional.of(EnrolReason.NO_VOUCHER.name())) || sameDenial || ofTheDevice && isOfTheRequest(refused);
  }

  private static boolean isOfTheRequest(DeviceEvent refused) {
    return OF_THE_REQUEST.stream().anyMatch(reason -> isFor(refused, reason));
  }

  private static boolean isFor(DeviceEvent refused, VoucherReason reason) {
    return refused.reason().equals(Optional.of(reason.name()));
  }
}
