package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eider.est.Outcome;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.voucher.AuditLog;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** A device with a good IDevID that will not stop. */
class RepeatsTest extends VoucherExchangeTest {
  @Test
  void theSameRefusalIsRecordedOnceAnHour() {
    for (int minute = 0; minute < 120; minute++) {
      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));
      site.clock.advance(Duration.ofMinutes(1));
    }

    assertThat(events()).isEqualTo(2);
  }

  @Test
  void requestsThatTheMasaRefusesAreRecordedOnceAnHour() {
    site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_REFUSED, "not yours");
    for (int i = 0; i < 30; i++) {
      ask();
    }

    assertThat(events()).isEqualTo(2);
    assertThat(site.state("SN-1")).isEqualTo(DeviceState.REFUSED);
  }

  @Test
  void refusalsThatTakeTurnsAreBoundedAllTheSame() {
    for (int i = 0; i < 100; i++) {
      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));
      site.vouchers.request(site.session(idevid), changed(good -> good.nonce(Optional.empty())));
    }
    assertThat(events()).isEqualTo(Repeats.MOST);

    site.clock.advance(Duration.ofHours(1));
    site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));
    assertThat(events()).isEqualTo(Repeats.MOST + 1);
  }

  @Test
  void aDeviceThatItsPastKeepsOutStoresOneLogHoweverMuchIsRecordedOfIt() {
    for (int i = 0; i < Repeats.MOST; i++) {
      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));
      site.vouchers.request(site.session(idevid), changed(good -> good.nonce(Optional.empty())));
    }
    site.masa.logs(log -> List.of(log.get(0),
        new AuditLog.Event(TestPki.NOW, Octets.utf8("somebody else"), Optional.of("theirs"), Optional.empty(), 0)));

    for (int i = 0; i < 50; i++) {
      assertThat(refusal(ask()).reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);
    }

    assertThat(site.masa.requests).hasSize(1);
    assertThat(site.ledger.auditLogs(Site.device("SN-1"), 99)).hasSize(1);
  }

  @Test
  void aReportIsTakenAsOftenAsItComesAndRecordedOnceAnHour() {
    ask();
    for (int i = 0; i < 30; i++) {
      assertThat(report(StatusReport.success())).isInstanceOf(Outcome.Granted.class);
    }

    assertThat(site.ledger.telemetry(Site.device("SN-1"), 99)).hasSize(1);
    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ACCEPTED);
  }

  @Test
  void reportsWithEverNewReasonsAreBounded() {
    ask();
    for (int i = 0; i < 200; i++) {
      assertThat(report(StatusReport.failure("reason " + i))).isInstanceOf(Outcome.Granted.class);
    }

    assertThat(events()).isEqualTo(Repeats.MOST);
    assertThat(site.ledger.telemetry(Site.device("SN-1"), 999)).hasSizeLessThan(Repeats.MOST);
  }

  @Test
  void aGrantMakesTheSameReportNewsAgain() {
    ask();
    report(StatusReport.failure("no"));
    ask();
    report(StatusReport.failure("no"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_REJECTED);
    assertThat(site.ledger.telemetry(Site.device("SN-1"), 99)).hasSize(2);
  }

  @Test
  void aDeviceThatChangesItsMindIsHeard() {
    ask();
    report(StatusReport.success());
    report(StatusReport.failure("no"));

    assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_REJECTED);
  }

  @Test
  void aClockThatWasWrongDoesNotSilenceADevice() {
    site.clock.advance(Duration.ofDays(3000));
    site.ledger.append(Collections.nCopies(Repeats.MOST, new DeviceEvent(Site.device("SN-1"), site.clock.instant(),
        DeviceEvent.Kind.VOUCHER_REFUSED, Optional.empty(), "s", Optional.of("SERIAL_MISMATCH"), "x", Optional.empty(), Optional.empty())));
    site.clock.advance(Duration.ofDays(-3000));

    site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));

    assertThat(events()).isEqualTo(Repeats.MOST + 1);
  }

  private Outcome<StatusReport> report(StatusReport report) {
    return site.telemetry.voucherStatus(site.session(idevid), report, report.encode());
  }

  private int events() {
    return site.ledger.history(Site.device("SN-1"), 10_000).size();
  }
}
