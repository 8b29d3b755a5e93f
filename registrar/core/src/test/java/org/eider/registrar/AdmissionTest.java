package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Credential;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherSealer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices of a manufacturer whose devices are approved one by one. */
class AdmissionTest extends VoucherExchangeTest {
  private final VoucherArtifact request = site.request(idevid, "SN-1");

  @BeforeEach
  void approveOneByOne() {
    site.admission(Manufacturer.Admission.MANUAL);
  }

  @Test
  void aHeldDeviceIsDeferredAndRecordedOnce() {
    Duration retryAfter = deferred(post());

    assertThat(retryAfter).isBetween(Duration.ofSeconds(45), Duration.ofSeconds(60));
    String counts = site.counts();
    for (int day = 0; day < 5; day++) {
      site.clock.advance(Duration.ofHours(23));
      assertThat(deferred(post())).as("an identical answer to an identical request").isEqualTo(retryAfter);
    }
    assertThat(site.counts()).isEqualTo(counts).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 1 vouchers 0 logs 0 telemetry 0");
    assertThat(site.masa.requests).isEmpty();
    DeviceEvent event = site.ledger.history(Site.device("SN-1"), 1).get(0);
    assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.HELD);
    assertThat(event.reason()).contains("MANUAL_ADMISSION");
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("MANUAL_ADMISSION");
  }

  @Test
  void aHeldDeviceThatIsApprovedGetsItsVoucherForTheSameRequest() {
    post();
    site.decide("SN-1", true, "on the delivery note");

    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    assertThat(device().hold()).isEmpty();
    assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).detail()).contains("APPROVED_BY_OPERATOR", "AUDIT_CLEAN");
  }

  @Test
  void aDeviceMayBeApprovedBeforeItComes() {
    site.decide("SN-1", true, "");

    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalThatHasExpiredHoldsTheDeviceAgain() {
    post();
    site.decide("SN-1", true, "");
    site.clock.advance(Decisions.LIFETIME);

    assertThat(deferred(post())).isPositive();
    assertThat(site.ledger.held(9)).extracting(Device::id).containsExactly(Site.device("SN-1"));
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aDeniedDeviceIsForbiddenAndNotToldWhy() {
    post();
    site.decide("SN-1", false, "stolen in Rotterdam");

    Refusal refusal = refusal(post());

    assertThat(refusal.reason()).isEqualTo(VoucherReason.DENIED);
    assertThat(refusal.kind()).isEqualTo(RefusalKind.FORBIDDEN);
    assertThat(refusal.detail()).doesNotContain("Rotterdam", "operator");
    assertThat(device().state()).isEqualTo(DeviceState.REFUSED);
    assertThat(device().refusal()).contains("DENIED: stolen in Rotterdam");
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aDenialKeepsOutADeviceThatIsAdmittedByItself() {
    site.admission(Manufacturer.Admission.AUTO);
    site.decide("SN-1", false, "");

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
    site.clock.advance(Decisions.LIFETIME);
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void aDenialEndsTheAnswersToIdenticalRequests() {
    site.admission(Manufacturer.Admission.AUTO);
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    site.decide("SN-1", false, "");

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
  }

  @Test
  void aDenialWhileTheMasaIsAskedStillCounts() {
    site.admission(Manufacturer.Admission.AUTO);
    site.masa.answer = asked -> {
      site.decide("SN-1", false, "just in time");
      return Outcome.granted(site.masa.sealed(asked, voucher -> voucher));
    };

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
    assertThat(site.ledger.auditLogs(Site.device("SN-1"), 9)).hasSize(1);
  }

  @Test
  void anchorsThatAreReplacedBeforeTheMasaIsAskedStillCount() {
    site.admission(Manufacturer.Admission.AUTO);
    site.fragile.breaks = facts -> {
      site.ledger.put(site.manufacturer("acme", site.domain, Manufacturer.Admission.AUTO, false));
      return false;
    };

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.UNKNOWN_MANUFACTURER);
    assertThat(site.masa.requests).isEmpty();
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
  }

  @Test
  void aDenialBetweenJudgingAndRecordingStillCounts() {
    site.admission(Manufacturer.Admission.AUTO);
    site.fragile.breaks = facts -> {
      if (facts.get(0) instanceof Fact.VoucherExchange) {
        site.decide("SN-1", false, "in the very last moment");
      }
      return false;
    };

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
    assertThat(site.state("SN-1")).isEqualTo(DeviceState.REFUSED);
    assertThat(site.masa.requests).hasSize(1);
  }

  @Test
  void aDeviceOfWhichIsDecidedAllTheTimeWaits() {
    site.admission(Manufacturer.Admission.AUTO);
    site.fragile.breaks = facts -> {
      if (facts.get(0) instanceof Fact.VoucherExchange) {
        site.clock.advance(Duration.ofSeconds(1));
        site.decide("SN-1", true, "again");
      }
      return false;
    };
    assertThat(deferred(post())).isPositive();
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();

    site.fragile.breaks = facts -> false;
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void theLastDecisionCounts() {
    site.decide("SN-1", true, "");
    site.decide("SN-1", false, "");
    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);

    site.decide("SN-1", true, "");
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalLetsInADeviceThatIsNotOnTheList() {
    site.admission(Manufacturer.Admission.EXPECTED);
    assertThat(refusal(post()).kind()).isEqualTo(RefusalKind.UNKNOWN);
    site.decide("SN-1", true, "spare part");

    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalDoesNotForgiveABadRequest() {
    site.decide("SN-1", true, "");

    assertThat(refusal(site.vouchers.request(site.session(idevid), changed(good -> good.nonce(Optional.empty())))).reason())
        .isEqualTo(VoucherReason.NO_NONCE);
  }

  @Test
  void aBadRequestDoesNotEndTheWaiting() {
    post();
    site.vouchers.request(site.session(idevid), changed(good -> good.nonce(Optional.empty())));

    assertThat(site.ledger.held(9)).extracting(Device::id).containsExactly(Site.device("SN-1"));
  }

  @Test
  void devicesAreToldToComeBackAtDifferentTimes() {
    Set<Duration> waits = IntStream.range(0, 20).mapToObj(i -> deferred(come("SN-W" + i))).collect(Collectors.toSet());

    assertThat(waits).hasSizeGreaterThan(5);
  }

  @Test
  void noMoreDevicesAreHeldThanMay() {
    site.vouchers = new BrskiVoucherService(site.ledger, site.fragile, site.masa, () -> site.registrar, VoucherSealer.cms(), site.clock,
        site.desk, 2);
    site.ledger.put(site.manufacturer("other", site.domain, Manufacturer.Admission.MANUAL, false));
    come("SN-A");
    come("SN-B");

    Refusal third = refusal(come("SN-C"));

    assertThat(third.reason()).isEqualTo(VoucherReason.TOO_MANY_HELD);
    assertThat(third.kind()).isEqualTo(RefusalKind.OVERLOADED);
    assertThat(site.ledger.device(Site.device("SN-C"))).as("nothing is recorded of it").isEmpty();
    assertThat(deferred(come("SN-A"))).as("who waits keeps its place").isPositive();
    Credential other = site.domain.idevid("SN-A");
    assertThat(deferred(site.vouchers.request(site.session(other), site.request(other, "SN-A")))).as("others have their own").isPositive();

    site.decide("SN-A", false, "");
    site.clock.advance(Duration.ofSeconds(5));
    assertThat(deferred(come("SN-C"))).isPositive();
  }

  @Test
  void devicesThatWaitForTheirMasaTakeNoPlaceOfThoseThatWaitForAnOperator() {
    site.vouchers = new BrskiVoucherService(site.ledger, site.fragile, site.masa, () -> site.registrar, VoucherSealer.cms(), site.clock,
        site.desk, 2);
    site.admission(Manufacturer.Admission.AUTO);
    site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");
    List.of("SN-A", "SN-B", "SN-C").forEach(serial -> assertThat(deferred(come(serial))).isPositive());
    assertThat(site.ledger.device(Site.device("SN-B")).orElseThrow().hold().orElseThrow().whom()).isEqualTo(Hold.For.MASA);
    assertThat(site.ledger.device(Site.device("SN-C")).orElseThrow().hold()).as("more are not recorded").isEmpty();

    site.admission(Manufacturer.Admission.MANUAL);
    assertThat(deferred(come("SN-D"))).isPositive();
    assertThat(deferred(come("SN-A"))).as("has to be approved now, and takes the last place").isPositive();
    assertThat(refusal(come("SN-B")).reason()).isEqualTo(VoucherReason.TOO_MANY_HELD);
    assertThat(site.ledger.held(9)).extracting(device -> device.id().serialNumber()).containsExactly("SN-A", "SN-D", "SN-B");
  }

  @Test
  void aDeniedDeviceMayStillReport() {
    site.admission(Manufacturer.Admission.AUTO);
    post();
    site.decide("SN-1", false, "");
    StatusReport report = StatusReport.failure("no");

    assertThat(site.telemetry.voucherStatus(site.session(idevid), report, report.encode())).isInstanceOf(Outcome.Granted.class);
    assertThat(site.ledger.telemetry(Site.device("SN-1"), 9)).hasSize(1);
  }

  @Test
  void theRuleIsNotedForTheLogLine() {
    ClientSession session = site.session(idevid);
    site.vouchers.request(session, request);

    assertThat(session.notes().all()).containsEntry("rule", "MANUAL_ADMISSION").containsEntry("outcome", "deferred");
  }

  private Outcome<VoucherArtifact> come(String serialNumber) {
    Credential client = site.acme.idevid(serialNumber);
    return site.vouchers.request(site.session(client), site.request(client, serialNumber));
  }

  private Outcome<VoucherArtifact> post() {
    return site.vouchers.request(site.session(idevid), request);
  }

  private Device device() {
    return site.ledger.device(Site.device("SN-1")).orElseThrow();
  }
}
