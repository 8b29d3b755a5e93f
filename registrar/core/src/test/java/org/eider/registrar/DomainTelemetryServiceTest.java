package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Fact.Telemetry;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

class DomainTelemetryServiceTest {
  private static final StatusReport GOOD = StatusReport.success();

  private final Site site = new Site();
  private final Credential idevid = site.acme.idevid("SN-1");
  private final DeviceId device = Site.device("SN-1");

  @Test
  void acceptingTheVoucherMovesTheDeviceOn() {
    issueVoucher();

    assertThat(voucherStatus(idevid, GOOD)).isEqualTo(Outcome.granted(GOOD));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ACCEPTED);
    Telemetry told = site.ledger.telemetry(device, 1).get(0);
    assertThat(told.kind()).isEqualTo(Telemetry.Kind.VOUCHER);
    assertThat(told.status()).isTrue();
    assertThat(told.body()).isEqualTo(GOOD.encode());
  }

  @Test
  void rejectingTheVoucherClosesEnrolment() {
    issueVoucher();

    voucherStatus(idevid, StatusReport.failure("the nonce is not mine"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_REJECTED);
    assertThat(site.state("SN-1").mayEnrol()).isFalse();
    assertThat(site.ledger.telemetry(device, 1).get(0).reason()).contains("the nonce is not mine");
  }

  @Test
  void acceptingAfterRejectingChangesNothing() {
    issueVoucher();
    voucherStatus(idevid, StatusReport.failure("no"));

    voucherStatus(idevid, GOOD);

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_REJECTED);
    assertThat(site.ledger.telemetry(device, 10)).hasSize(2);
  }

  @Test
  void aVoucherReportOfAnEnrolledDeviceIsRecordedAndMovesNothing() {
    enrolled();

    voucherStatus(idevid, StatusReport.failure("late"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLLED);
  }

  @Test
  void successOverTheNewLdevidMakesTheDeviceOperational() {
    Credential ldevid = enrolled();

    assertThat(enrolStatus(ldevid, GOOD)).isEqualTo(Outcome.granted(GOOD));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    DeviceEvent event = site.ledger.history(device, 1).get(0);
    assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.ENROLMENT_STATUS);
    assertThat(event.detail()).isEqualTo("reports success over its new LDevID");
    assertThat(event.certificate()).contains(ldevid.certificate().getSerialNumber());
  }

  @Test
  void successOverTheIdevidIsRecordedAndProvesNoUseOfTheLdevid() {
    enrolled();

    enrolStatus(idevid, GOOD);

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLLED);
    assertThat(site.ledger.history(device, 1).get(0).detail()).isEqualTo("reports success over its IDevID");
  }

  @Test
  void successOverAnOlderLdevidSaysSo() {
    Credential older = enrolled();
    ldevid();

    enrolStatus(older, GOOD);

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLLED);
    assertThat(site.ledger.history(device, 1).get(0).detail()).isEqualTo("reports success over an older LDevID");
  }

  @Test
  void failedEnrolmentIsRecordedWithItsReason() {
    issueVoucher();
    voucherStatus(idevid, GOOD);

    enrolStatus(idevid, StatusReport.failure("no csrattrs"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.ENROLMENT_FAILED);
    assertThat(site.state("SN-1").mayEnrol()).isTrue();
    assertThat(site.ledger.history(device, 1).get(0).reason()).contains("no csrattrs");
  }

  @Test
  void aFailedRenewalLeavesTheDeviceInOperation() {
    Credential ldevid = enrolled();
    enrolStatus(ldevid, GOOD);

    enrolStatus(ldevid, StatusReport.failure("renewal failed"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
  }

  @Test
  void aHigherVersionIsAcceptedWithAWarning() {
    issueVoucher();
    try (LogLines lines = LogLines.of(DomainTelemetryService.class)) {
      StatusReport newer = new StatusReport(2, true, Optional.empty(), Optional.empty());

      assertThat(voucherStatus(idevid, newer)).isEqualTo(Outcome.granted(newer));

      assertThat(lines.at(Level.WARN)).singleElement().asString().contains("voucher_status of version 2");
    }
  }

  @Test
  void aReasonCannotForgeALogLine() {
    issueVoucher();
    ClientSession session = site.session(idevid);
    StatusReport forged = StatusReport.failure("x\r\nexchange session=s9 outcome=granted \u202e\u001b[2J\"" + "y".repeat(900));

    site.telemetry.voucherStatus(session, forged, forged.encode());

    assertThat(session.notes().value("device-says").orElseThrow())
        .startsWith("x??exchange session=s9").doesNotContain("\n", "\r", "\u001b", "\u202e", "\"").hasSize(200);
    assertThat(site.ledger.telemetry(device, 1).get(0).reason().orElseThrow()).doesNotContain("\n").hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void aClientWithoutCertificateIsUnauthenticated() {
    issueVoucher();
    ClientSession nobody = site.session(List.of(), Optional.empty());

    refuses(site.telemetry.voucherStatus(nobody, GOOD, GOOD.encode()), TelemetryReason.NO_CLIENT_CERTIFICATE, RefusalKind.UNAUTHENTICATED);
    refuses(site.telemetry.enrolStatus(nobody, GOOD, GOOD.encode()), TelemetryReason.NO_CLIENT_CERTIFICATE, RefusalKind.UNAUTHENTICATED);
  }

  @Test
  void aForeignClientIsForbidden() {
    issueVoucher();
    Credential foreign = TestPki.manufacturer("acme", "").idevid("SN-1");

    refuses(voucherStatus(foreign, GOOD), TelemetryReason.UNKNOWN_CLIENT, RefusalKind.FORBIDDEN);
    refuses(enrolStatus(foreign, GOOD), TelemetryReason.UNKNOWN_CLIENT, RefusalKind.FORBIDDEN);
  }

  @Test
  void aDeviceWithoutVoucherIsForbiddenAndNotCreated() {
    refuses(voucherStatus(idevid, GOOD), TelemetryReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
    refuses(enrolStatus(idevid, GOOD), TelemetryReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
    assertThat(site.ledger.device(device)).isEmpty();
  }

  @Test
  void anotherIdevidWithTheSameSerialNumberIsForbidden() {
    issueVoucher();

    refuses(voucherStatus(site.acme.idevid("SN-1"), GOOD), TelemetryReason.NO_VOUCHER, RefusalKind.FORBIDDEN);
  }

  @Test
  void aVoucherReportOverTheLdevidIsForbidden() {
    Credential ldevid = enrolled();

    refuses(voucherStatus(ldevid, GOOD), TelemetryReason.UNKNOWN_CLIENT, RefusalKind.FORBIDDEN);
  }

  @Test
  void aStoreThatFailsIsAnInternalError() {
    issueVoucher();
    site.fragile.breaks = facts -> true;

    refuses(voucherStatus(idevid, GOOD), TelemetryReason.INTERNAL, RefusalKind.INTERNAL);
  }

  @Test
  void aStoreThatIsBusyTakesTheReportLater() {
    issueVoucher();
    site.fragile.isBusy();
    site.fragile.breaks = facts -> true;

    refuses(voucherStatus(idevid, GOOD), TelemetryReason.STORE_BUSY, RefusalKind.OVERLOADED);
  }

  private void issueVoucher() {
    site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"));
    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
  }

  private Credential enrolled() {
    issueVoucher();
    return ldevid();
  }

  private Credential ldevid() {
    Credential ldevid = site.domain.signer("SN-1", KeyType.P256);
    BigInteger serial = ldevid.certificate().getSerialNumber();
    site.ledger.record(new IssuedCertificate(serial, Certificates.der(ldevid.certificate()), IssuedCertificate.Purpose.LDEVID, TestPki.NOW,
        TestPki.NOT_AFTER, Optional.of(device)));
    site.ledger.append(List.of(new DeviceEvent(device, TestPki.NOW, DeviceEvent.Kind.ENROLLED, Optional.of(DeviceState.ENROLLED), "s0",
        Optional.empty(), "set up", Optional.empty(), Optional.of(serial))));
    return ldevid;
  }

  private Outcome<StatusReport> voucherStatus(Credential client, StatusReport report) {
    return site.telemetry.voucherStatus(site.session(client), report, report.encode());
  }

  private Outcome<StatusReport> enrolStatus(Credential client, StatusReport report) {
    return site.telemetry.enrolStatus(site.session(client), report, report.encode());
  }

  private void refuses(Outcome<StatusReport> outcome, TelemetryReason reason, RefusalKind kind) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Refusal refusal = ((Outcome.Refused<StatusReport>) outcome).refusal();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.kind()).isEqualTo(kind);
    assertThat(site.ledger.telemetry(device, 10)).isEmpty();
    assertThat(site.ledger.history(device, 10)).noneMatch(event -> event.kind() == DeviceEvent.Kind.VOUCHER_STATUS
        || event.kind() == DeviceEvent.Kind.ENROLMENT_STATUS);
  }
}
