package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.registrar.DeviceState.ENROLLED;
import static org.eider.registrar.DeviceState.ENROLMENT_FAILED;
import static org.eider.registrar.DeviceState.OPERATIONAL;
import static org.eider.registrar.DeviceState.REFUSED;
import static org.eider.registrar.DeviceState.REQUESTED;
import static org.eider.registrar.DeviceState.VOUCHER_ACCEPTED;
import static org.eider.registrar.DeviceState.VOUCHER_ISSUED;
import static org.eider.registrar.DeviceState.VOUCHER_REJECTED;

import java.math.BigInteger;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifecycleTest {
  /** From which states each state is entered; a state always stays itself. */
  private static final Map<DeviceState, Set<DeviceState>> ENTERED_FROM = Map.of(
      REQUESTED, EnumSet.of(REFUSED),
      REFUSED, EnumSet.of(REQUESTED),
      VOUCHER_ISSUED, EnumSet.allOf(DeviceState.class),
      VOUCHER_ACCEPTED, EnumSet.of(VOUCHER_ISSUED),
      VOUCHER_REJECTED, EnumSet.of(VOUCHER_ISSUED, VOUCHER_ACCEPTED),
      ENROLLED, EnumSet.of(VOUCHER_ISSUED, VOUCHER_ACCEPTED, OPERATIONAL, ENROLMENT_FAILED),
      OPERATIONAL, EnumSet.of(ENROLLED, ENROLMENT_FAILED),
      ENROLMENT_FAILED, EnumSet.of(VOUCHER_ISSUED, VOUCHER_ACCEPTED, ENROLLED));

  @ParameterizedTest
  @EnumSource(DeviceState.class)
  void everyStateIsEnteredOnlyFromTheStatesOfTheTable(DeviceState to) {
    for (DeviceState from : DeviceState.values()) {
      DeviceState expected = ENTERED_FROM.get(to).contains(from) ? to : from;
      assertThat(Lifecycle.next(from, to)).as(from + " to " + to).isEqualTo(expected);
    }
  }

  @Test
  void aRefusalNeverTakesAGrantAway() {
    for (DeviceState granted : EnumSet.complementOf(EnumSet.of(REQUESTED, REFUSED))) {
      assertThat(Lifecycle.next(granted, REFUSED)).isEqualTo(granted);
    }
  }

  @Test
  void aDeviceBeginsRequestedWithWhateverFact() {
    Fact report = new Fact.Telemetry(Site.device("1"), TestPki.NOW, Fact.Telemetry.Kind.VOUCHER, true, Optional.empty(), Octets.empty());

    Device device = Lifecycle.after(Optional.empty(), report);

    assertThat(device.state()).isEqualTo(REQUESTED);
    assertThat(device.firstSeen()).isEqualTo(TestPki.NOW);
    assertThat(device.refusal()).isEmpty();
  }

  @Test
  void timesFollowTheFacts() {
    Device device = after(event(DeviceEvent.Kind.VOUCHER_REQUESTED, REQUESTED, 0), event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, 9));

    assertThat(device.firstSeen()).isEqualTo(TestPki.NOW);
    assertThat(device.lastSeen()).isEqualTo(TestPki.NOW.plusSeconds(9));
  }

  @Test
  void theIdevidOfTheVoucherStaysThroughTheRequestsOfOthers() {
    DeviceEvent issued = event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, Octets.utf8("holder"));
    DeviceEvent other = event(DeviceEvent.Kind.VOUCHER_REQUESTED, REQUESTED, Octets.utf8("other"));

    assertThat(after(issued, other).idevid()).contains(Octets.utf8("holder"));
    assertThat(after(issued, other, event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, Octets.utf8("other"))).idevid())
        .contains(Octets.utf8("other"));
    assertThat(after(event(DeviceEvent.Kind.VOUCHER_REQUESTED, REQUESTED, Octets.utf8("first")), other).idevid())
        .contains(Octets.utf8("other"));
  }

  @Test
  void aRefusalIsToldUntilTheNextGrant() {
    DeviceEvent refused = event(DeviceEvent.Kind.VOUCHER_REFUSED, REFUSED, 0);

    assertThat(after(refused).refusal()).contains("NO_NONCE: detail");
    assertThat(after(refused, event(DeviceEvent.Kind.VOUCHER_REQUESTED, REQUESTED, 1)).refusal()).contains("NO_NONCE: detail");
    assertThat(after(refused, event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, 1)).refusal()).isEmpty();
  }

  @Test
  void thatThereIsNoVoucherTellsLessThanWhyThereIsNone() {
    DeviceEvent refused = event(DeviceEvent.Kind.VOUCHER_REFUSED, REFUSED, 0);

    assertThat(after(refused, refused(DeviceEvent.Kind.ENROLMENT_REFUSED, "NO_VOUCHER")).refusal()).contains("NO_NONCE: detail");
    assertThat(after(refused(DeviceEvent.Kind.ENROLMENT_REFUSED, "NO_VOUCHER")).refusal()).contains("NO_VOUCHER: detail");
    assertThat(after(refused, refused(DeviceEvent.Kind.ENROLMENT_REFUSED, "KEY_NOT_ALLOWED")).refusal()).contains("KEY_NOT_ALLOWED: detail");
  }

  @Test
  void whatIsWrongWithARequestTellsLessThanWhatIsWrongWithTheDevice() {
    DeviceEvent kept = refused(DeviceEvent.Kind.VOUCHER_REFUSED, "AUDIT_REFUSED");

    assertThat(after(kept, refused(DeviceEvent.Kind.VOUCHER_REFUSED, "SERIAL_MISMATCH")).refusal()).contains("AUDIT_REFUSED: detail");
    assertThat(after(kept, refused(DeviceEvent.Kind.VOUCHER_REFUSED, "NOT_EXPECTED")).refusal()).contains("NOT_EXPECTED: detail");
  }

  @Test
  void aDenialThatTakesEffectTellsLessThanTheOperator() {
    Fact.Decision denial = new Fact.Decision(Site.device("1"), TestPki.NOW, false, TestPki.NOW.plusSeconds(60), "operator", "stolen");
    Device denied = Lifecycle.after(Optional.empty(), denial);

    assertThat(Lifecycle.after(Optional.of(denied), refused(DeviceEvent.Kind.VOUCHER_REFUSED, "DENIED")).refusal()).contains("DENIED: stolen");
    assertThat(Lifecycle.after(Optional.of(denied), refused(DeviceEvent.Kind.ENROLMENT_REFUSED, "DENIED")).refusal()).contains("DENIED: stolen");
  }

  @Test
  void aRequestThatIsRefusedForWhatItIsLeavesItsDeviceWaiting() {
    DeviceEvent held = refused(DeviceEvent.Kind.HELD, "MANUAL_ADMISSION");

    assertThat(after(held, refused(DeviceEvent.Kind.VOUCHER_REFUSED, "SERIAL_MISMATCH")).hold()).isPresent();
    assertThat(after(held, refused(DeviceEvent.Kind.VOUCHER_REFUSED, "MASA_REFUSED")).hold()).isEmpty();
    assertThat(after(held, event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, 1)).hold()).isEmpty();
  }

  @Test
  void onlyEnrolmentsSetTheLdevid() {
    Device device = after(event(DeviceEvent.Kind.VOUCHER_ISSUED, VOUCHER_ISSUED, 0), event(DeviceEvent.Kind.ENROLLED, ENROLLED, 7),
        event(DeviceEvent.Kind.ENROLMENT_STATUS, OPERATIONAL, 8));

    assertThat(device.ldevid()).contains(BigInteger.valueOf(7));
  }

  private static Device after(DeviceEvent... events) {
    Optional<Device> device = Optional.empty();
    for (DeviceEvent event : List.of(events)) {
      device = Optional.of(Lifecycle.after(device, event));
    }
    return device.orElseThrow();
  }

  private static DeviceEvent refused(DeviceEvent.Kind kind, String reason) {
    return new DeviceEvent(Site.device("1"), TestPki.NOW.plusSeconds(1), kind, Optional.empty(), "s", Optional.of(reason), "detail",
        Optional.empty(), Optional.empty());
  }

  private static DeviceEvent event(DeviceEvent.Kind kind, DeviceState state, int second) {
    boolean refusal = state == REFUSED;
    return new DeviceEvent(Site.device("1"), TestPki.NOW.plusSeconds(second), kind, Optional.of(state), "s",
        refusal ? Optional.of("NO_NONCE") : Optional.empty(), "detail", Optional.empty(), Optional.of(BigInteger.valueOf(second)));
  }

  private static DeviceEvent event(DeviceEvent.Kind kind, DeviceState state, Octets idevid) {
    return new DeviceEvent(
        Site.device("1"), TestPki.NOW, kind, Optional.of(state), "s", Optional.empty(), "detail", Optional.of(idevid), Optional.empty());
  }
}
