package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the service does for a pledge that was told to come back, because its MASA had no answer yet. */
class MasaWaitTest extends VoucherExchangeTest {
  private final VoucherArtifact request = site.request(idevid, "SN-1");
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final MasaDesk desk = Site.desk(site.clock, Duration.ZERO);

  {
    site.vouchers = new BrskiVoucherService(site.ledger, site.fragile, site.masa, () -> site.registrar, VoucherSealer.cms(), site.clock, desk);
  }

  @AfterEach
  void close() {
    mayAnswer.countDown();
    desk.close();
  }

  @Test
  void aVoucherThatCameLateIsRecordedAndFetchedWithoutTheMasa() {
    masaHangs();
    assertThat(deferred(post())).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(site.counts()).as("recorded before the pledge is answered").startsWith("certificates 0; acme/SN-1 REQUESTED events 1 ");

    answersAndEnds();
    assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 VOUCHER_ISSUED events 2 vouchers 1 logs 1 telemetry 0");
    VoucherArtifact voucher = granted(post());
    assertThat(granted(post())).isEqualTo(voucher);
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).singleElement()
        .satisfies(exchange -> assertThat(exchange.voucher()).isEqualTo(voucher.bytes()));
    assertThat(site.masa.requests).hasSize(1);
    assertThat(site.masa.auditRequests).hasSize(1);
  }

  @Test
  void aVoucherThatIsFetchedInAnotherSessionIsLoggedWithTheSessionThatItIsRecordedUnder() {
    masaHangs();
    post();
    answersAndEnds();
    ClientSession same = site.session(idevid);
    ClientSession other = new ClientSession("s2", same.peer(), same.clientChain(), same.shown(), Optional.empty());

    granted(site.vouchers.request(other, request));
    granted(site.vouchers.request(same, request));

    assertThat(other.notes().value("exchange")).contains("s1");
    assertThat(same.notes().value("exchange")).isEmpty();
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).singleElement()
        .satisfies(exchange -> assertThat(exchange.session()).isEqualTo("s1"));
  }

  @Test
  void aVoucherThatCannotBeRecordedIsNotFetched() {
    masaHangs();
    post();
    site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
    answersAndEnds();
    assertThat(deferred(post())).as("the exchange begins anew").isLessThanOrEqualTo(Duration.ofSeconds(4));
    Awaitility.await().until(this::isIdle);
    site.fragile.breaks = facts -> false;
    post();
    Awaitility.await().until(this::isIdle);
    granted(post());
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).hasSize(1);
  }

  @Test
  void aVoucherThatCameLateIsNotForADeviceThatWasDeniedMeanwhile() {
    masaHangs();
    post();
    answersAndEnds();
    site.decide("SN-1", false, "stolen");
    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
  }

  @Test
  void aLateVerdictOfTheAuditLogHoldsThePledgeWithoutAnotherRequestToTheMasa() {
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.HOLD, Disposition.HOLD, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of()));
    pastWith("somebody else");
    masaHangs();
    post();
    answersAndEnds();

    assertThat(deferred(post())).isBetween(Duration.ofSeconds(45), Duration.ofSeconds(60));
    assertThat(hold()).isEqualTo("AUDIT_FOREIGN");
    assertThat(site.masa.requests).hasSize(1);
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
    site.clock.advance(Duration.ofSeconds(1));
    site.decide("SN-1", true, "bought");
    post();
    Awaitility.await().until(this::isIdle);
    granted(post());
  }

  @Test
  void aLateVerdictOfTheAuditLogKeepsTheDeviceOut() {
    pastWith("somebody else");
    masaHangs();
    post();
    answersAndEnds();

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);
    assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 2 vouchers 0 logs 1 telemetry 0");
    assertThat(site.masa.requests).hasSize(1);
  }

  @Test
  void aDeviceThatIsDeniedIsNotAskedForAgain() {
    masaIsDown();
    post();
    Awaitility.await().until(this::isIdle);
    site.decide("SN-1", false, "stolen");
    nextAttempt();

    assertThat(site.masa.requests).hasSize(1);
    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.DENIED);
  }

  @Test
  void aDeviceWhoseManufacturerIsRemovedIsNotAskedForAgain() {
    masaIsDown();
    post();
    Awaitility.await().until(this::isIdle);
    site.ledger.remove("acme");
    nextAttempt();

    assertThat(site.masa.requests).hasSize(1);
    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.UNKNOWN_MANUFACTURER);
  }

  @Test
  void aMasaThatComesBackIsAskedOnceMoreAndTheHoldEnds() {
    masaIsDown();
    post();
    Awaitility.await().until(this::isIdle);
    assertThat(hold()).isEqualTo(Hold.MASA_PENDING);
    site.masa.answersWith(good -> good);
    nextAttempt();

    granted(post());
    assertThat(site.masa.requests).hasSize(2);
    assertThat(site.ledger.device(Site.device("SN-1")).flatMap(Device::hold)).isEmpty();
  }

  @Test
  void afterARestartTheSameRequestBeginsAnewAndGetsItsVoucher() {
    masaIsDown();
    post();
    Awaitility.await().until(this::isIdle);
    desk.close();
    site.masa.answersWith(good -> good);
    site.vouchers = site.service();

    granted(post());
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).hasSize(1);
  }

  @Test
  void anotherTroubleOfTheMasaIsRecordedAndTheSameOneOnlyOnce() {
    masaIsDown();
    post();
    Awaitility.await().until(this::isIdle);
    nextAttempt();
    site.masa.answer = asked -> Outcome.deferred(Duration.ofSeconds(5));
    nextAttempt();

    assertThat(holds()).hasSize(2).satisfiesExactly(latest -> assertThat(latest.detail()).startsWith("MASA_UNDECIDED: "),
        first -> assertThat(first.detail()).isEqualTo("MASA_UNREACHABLE: down"));
  }

  @Test
  void aPledgeThatMakesANewRequestEachTimeFillsNothing() {
    for (int i = 0; i < 300; i++) {
      Nonce nonce = Nonce.of(Octets.utf8(String.format("nonce %010d", i)));
      String trouble = "down " + i;
      VoucherReason reason = i % 2 == 0 ? VoucherReason.MASA_UNREACHABLE : VoucherReason.MASA_TIMEOUT;
      site.masa.answer = asked -> Outcome.refused(reason, trouble);
      site.vouchers.request(site.session(idevid), changed(good -> good.nonce(Optional.of(nonce))));
      Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(this::isIdle);
    }
    assertThat(site.ledger.history(Site.device("SN-1"), 1_000)).hasSizeLessThanOrEqualTo(Repeats.MOST);
    assertThat(desk.get().pending()).isEqualTo(1);
  }

  @Test
  void theLineTellsTheRuleThatLetTheDeviceInUntilTheAuditLogIsThere() {
    masaHangs();
    ClientSession first = site.session(idevid);
    site.vouchers.request(first, request);
    answersAndEnds();
    assertThat(first.notes().all()).containsEntry("rule", "AUTO_ADMISSION").containsEntry("outcome", "deferred");

    site.vouchers = site.service();
    ClientSession patient = site.session(idevid);
    site.vouchers.request(patient, request);
    assertThat(patient.notes().all()).containsEntry("rule", "AUDIT_CLEAN").containsEntry("outcome", "granted");
  }

  private Outcome<VoucherArtifact> post() {
    return site.vouchers.request(site.session(idevid), request);
  }

  private void masaIsDown() {
    site.masa.answer = asked -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");
  }

  private void masaHangs() {
    site.masa.answer = asked -> {
      await(mayAnswer);
      return Outcome.granted(site.masa.sealed(asked, voucher -> voucher));
    };
  }

  private void answersAndEnds() {
    mayAnswer.countDown();
    Awaitility.await().until(this::isIdle);
  }

  private void nextAttempt() {
    site.clock.advance(Duration.ofMinutes(1));
    desk.tick();
    Awaitility.await().until(this::isIdle);
  }

  private boolean isIdle() {
    return desk.get().manufacturers().values().stream().allMatch(share -> share.running() + share.queued() == 0);
  }

  private String hold() {
    return site.ledger.device(Site.device("SN-1")).flatMap(Device::hold).orElseThrow().rule();
  }

  private List<DeviceEvent> holds() {
    return site.ledger.history(Site.device("SN-1"), 99).stream().filter(event -> event.kind() == DeviceEvent.Kind.HELD).toList();
  }

  private void pastWith(String domain) {
    AuditLog.Event theirs = new AuditLog.Event(TestPki.NOW.minusSeconds(60), Octets.utf8(domain), Optional.of("theirs"), Optional.empty(), 0);
    site.masa.logs(log -> List.of(log.get(0), theirs));
  }
}
