package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.registrar.Fact.AuditLogReceived;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.VoucherArtifact;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the MASA's audit log before the voucher leaves. */
class AuditVerdictTest extends VoucherExchangeTest {
  private static final Octets FOREIGN = Octets.utf8("somebody else");

  private final VoucherArtifact request = site.request(idevid, "SN-1");

  @Test
  void aCleanLogIsStoredWithItsJudgement() {
    assertThat(post()).isInstanceOf(Outcome.Granted.class);

    AuditLogReceived log = latest();
    assertThat(log.body()).contains(site.masa.auditLog(own -> own));
    assertThat(log.judgement().orElseThrow().rule()).isEqualTo("AUDIT_CLEAN");
    assertThat(log.judgement().orElseThrow().disposition()).isEqualTo(Disposition.ACCEPT);
  }

  @Test
  void isStoredAsReceivedAlsoWithStringsForNumbers() {
    Octets published = Octets.utf8("""
        {"version":"1","events":[{"date":"2019-05-15T17:25:55.644-04:00","domainID":"BduJhdHPpfhQLyponf48JzXSGZ8=",
        "nonce":"VOUFT-WwrEv0NuAQEHoV7Q","assertion":"proximity","truncated":"0"}],"truncation":{"arbitrary":"2"}}""");
    site.masa.auditLog = () -> Outcome.granted(published);

    post();

    assertThat(latest().body()).contains(published);
  }

  @Test
  void aVoucherOfAnotherDomainWithholdsOursAndSaysSoToTheOperatorOnly() {
    logs(event(FOREIGN, Optional.of("theirs")));

    Refusal refusal = refusal(post());

    assertThat(refusal.reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);
    assertThat(refusal.kind()).isEqualTo(RefusalKind.NOT_ACCEPTABLE);
    assertThat(refusal.detail()).doesNotContain(FOREIGN.base64(), "AUDIT_FOREIGN");
    assertThat(device().refusal().orElseThrow()).startsWith("AUDIT_REFUSED: AUDIT_FOREIGN: ").contains(FOREIGN.base64());
    assertThat(latest().judgement().orElseThrow().disposition()).isEqualTo(Disposition.DENY);
    assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 2 vouchers 0 logs 1 telemetry 0");
  }

  @Test
  void aDeviceThatItsPastKeepsOutNeitherAsksTheMasaNorRecordsAnythingWithEachRequest() {
    logs(event(FOREIGN, Optional.of("theirs")));
    post();
    String counts = site.counts();

    for (int minute = 0; minute < 29; minute++) {
      site.clock.advance(Duration.ofMinutes(1));
      assertThat(refusal(ask()).reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);
    }
    assertThat(site.counts()).isEqualTo(counts);
    assertThat(site.masa.requests).hasSize(1);

    site.clock.advance(Duration.ofMinutes(1));
    site.masa.logs(log -> log);
    assertThat(ask()).as("the MASA is asked again after half an hour").isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalDoesNotTurnADenialOfThePolicyButAnotherPolicyDoes() {
    logs(event(FOREIGN, Optional.of("theirs")));
    post();
    site.decide("SN-1", true, "we bought it");
    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);

    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.DENY, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of(FOREIGN)));
    site.clock.advance(Duration.ofMinutes(30));
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    assertThat(latest().judgement().orElseThrow().rule()).isEqualTo("AUDIT_RELEASED");
  }

  @Test
  void aHeldDeviceWaitsWithoutTheMasaAndGetsItsVoucherWhenItIsApproved() {
    logs(event(Certificates.domainId(site.registrar.certificate()), Optional.of("before")), event(FOREIGN, Optional.empty()));
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.HOLD, Disposition.HOLD, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of()));

    Duration first = deferred(post());

    assertThat(first).isLessThanOrEqualTo(Duration.ofSeconds(60));
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("AUDIT_FOREIGN");
    assertThat(site.ledger.history(Site.device("SN-1"), 9)).filteredOn(event -> event.kind() == DeviceEvent.Kind.HELD)
        .extracting(event -> event.reason().orElseThrow()).containsExactly("AUDIT_FOREIGN", "AUDIT_NONCELESS");
    String counts = site.counts();
    site.clock.advance(Duration.ofMinutes(4));
    assertThat(deferred(post())).isEqualTo(first);
    assertThat(site.counts()).isEqualTo(counts);
    assertThat(site.masa.requests).hasSize(1);

    site.decide("SN-1", true, "bought second-hand");

    assertThat(post()).as("one approval answers both rules").isInstanceOf(Outcome.Granted.class);
    assertThat(latest().judgement().orElseThrow()).satisfies(judgement -> {
      assertThat(judgement.rule()).isEqualTo("AUDIT_FOREIGN");
      assertThat(judgement.disposition()).isEqualTo(Disposition.ACCEPT);
      assertThat(judgement.why()).contains("approved by operator");
    });
    assertThat(ask()).as("another request under the same approval").isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalFromBeforeTheLogWasThereDoesNotAnswerIt() {
    site.admission(Manufacturer.Admission.MANUAL);
    logs(event(FOREIGN, Optional.empty()));
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.ACCEPT, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of()));
    post();
    site.decide("SN-1", true, "looks good");

    assertThat(deferred(post())).isPositive();
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("AUDIT_NONCELESS");

    site.decide("SN-1", true, "seen the log");
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalFromBeforeTheHoldDoesNotAnswerItWhenTheClockWasSetBackInBetween() {
    site.admission(Manufacturer.Admission.MANUAL);
    holdsForeign();
    site.clock.advance(Duration.ofHours(1));
    post();
    site.decide("SN-1", true, "looks good");
    site.clock.set(site.clock.instant().minus(Duration.ofHours(1)));
    assertThat(deferred(post())).isPositive();

    for (int i = 0; i < 20; i++) {
      site.clock.advance(Duration.ofMinutes(6));
      assertThat(deferred(post())).as("also after the clock has caught up").isPositive();
    }

    site.decide("SN-1", true, "seen the log");
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void anApprovalThatIsRecordedJustBeforeTheHoldDoesNotAnswerIt() {
    site.admission(Manufacturer.Admission.MANUAL);
    holdsForeign();
    site.decide("SN-1", true, "looks good");
    assertThat(deferred(post())).as("at the same moment of the clock").isPositive();

    site.clock.advance(Duration.ofMinutes(6));
    assertThat(deferred(post())).isPositive();
  }

  @Test
  void anApprovalKeepsItsAnswersWhileAnotherRuleHoldsTheDevice() {
    holdsForeign();
    post();
    site.decide("SN-1", true, "bought second-hand");
    Supplier<Outcome<Octets>> log = site.masa.auditLog;
    site.masa.auditLog = () -> Outcome.deferred(Duration.ofSeconds(9));
    site.clock.advance(Duration.ofMinutes(6));
    assertThat(deferred(post())).isPositive();
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("AUDIT_UNAVAILABLE");
    site.masa.auditLog = log;

    site.clock.advance(Duration.ofMinutes(6));
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void aDeviceThatIsHeldForItsLogIsHeldForThatWhileItsMasaIsDown() {
    holdsForeign();
    post();
    site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");
    site.clock.advance(Duration.ofHours(7));

    assertThat(deferred(post())).isPositive();

    assertThat(site.masa.requests).as("it was asked again").hasSizeGreaterThan(1);
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("AUDIT_NONCELESS");
  }

  @Test
  void aHoldDoesNotOutliveTheVoucherAfterIt() {
    AuditLog.Event nonceless = event(FOREIGN, Optional.empty());
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.ACCEPT, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of()));
    logs(nonceless);
    post();
    site.decide("SN-1", true, "");
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    site.clock.advance(Duration.ofHours(25));
    site.decide("SN-1", true, "for something else");

    assertThat(deferred(ask())).isPositive();
  }

  @Test
  void aMissingLogHoldsTheDeviceUntilItIsThere() {
    site.masa.auditLog = () -> Outcome.refused(VoucherReason.MASA_TIMEOUT, "no answer in 10 s");
    assertThat(deferred(post())).isPositive();
    assertThat(latest().unavailable()).contains("MASA_TIMEOUT: no answer in 10 s");
    assertThat(device().hold().orElseThrow().rule()).isEqualTo("AUDIT_UNAVAILABLE");
    site.masa.logs(log -> log);

    site.clock.advance(Duration.ofMinutes(4));
    assertThat(deferred(post())).isPositive();
    site.clock.advance(Duration.ofMinutes(1));
    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    assertThat(device().hold()).isEmpty();
  }

  @Test
  void anEndlessHoldIsLookedAtEverLessOften() {
    site.masa.auditLog = () -> Outcome.deferred(Duration.ofSeconds(9));
    for (int minute = 0; minute < 5 * 24 * 60; minute++) {
      deferred(post());
      site.clock.advance(Duration.ofMinutes(1));
    }

    assertThat(site.masa.requests).hasSizeBetween(10, 40);
    assertThat(site.ledger.auditLogs(Site.device("SN-1"), 99)).hasSize(site.masa.requests.size());
    assertThat(site.ledger.history(Site.device("SN-1"), 99)).filteredOn(event -> event.kind() == DeviceEvent.Kind.HELD).hasSize(1);
  }

  @Test
  void aMissingLogIsNoObstacleWhereThePolicySaysSo() {
    site.masa.auditLog = () -> Outcome.deferred(Duration.ofSeconds(9));
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.DENY, Disposition.HOLD, Disposition.HOLD,
        Disposition.ACCEPT, Set.of()));

    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    assertThat(latest().unavailable()).contains("the MASA asks to come again in 9 s");
    assertThat(latest().judgement().orElseThrow().rule()).isEqualTo("AUDIT_UNAVAILABLE");
  }

  /** Whatever a MASA sends in place of a log opens nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"version\":1}", "{\"version\":1,\"events\":{}}", "{\"version\":1,\"events\":[]}",
      "{\"version\":1,\"events\":[null]}", "{\"version\":0,\"events\":[]}", "{\"version\":-1,\"events\":[]}",
      "{\"version\":99999999999999999999,\"events\":[]}", "{\"version\":1,\"version\":2,\"events\":[]}",
      "{\"version\":1,\"events\":[{\"date\":\"x\",\"domainID\":\"qg==\",\"nonce\":null}]}",
      "{\"version\":1,\"events\":[{\"date\":\"2026-11-21T12:00:00Z\",\"domainID\":\"\",\"nonce\":null}]}",
      "{\"version\":1,\"events\":[{\"date\":\"2026-11-21T12:00:00Z\",\"domainID\":\"qg==\",\"nonce\":\"c2l4dGVlbiBvY3RldHMhIQ==\"}]}",
      "{\"version\":1,\"events\":[],\"truncation\":{\"arbitrary\":9223372036854775807}}"})
  void aHostileLogOpensNothing(String body) {
    site.masa.auditLog = () -> Outcome.granted(Octets.utf8(body));

    assertThat(post()).isNotInstanceOf(Outcome.Granted.class);
    assertThat(latest().judgement().orElseThrow().disposition()).isNotEqualTo(Disposition.ACCEPT);
    assertThat(site.ledger.vouchers(Site.device("SN-1"), 9)).isEmpty();
    assertThat(device().state().mayEnrol()).isFalse();
  }

  @Test
  void aLogOfManyForeignEventsIsJudgedAndItsSentenceIsShort() {
    List<AuditLog.Event> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      many.add(event(Octets.utf8("domain " + i), Optional.of("n" + i)));
    }
    logs(many.toArray(AuditLog.Event[]::new));

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.AUDIT_REFUSED);
    assertThat(latest().judgement().orElseThrow().why()).contains("5000").hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void aVoucherOfAnyCertificateOfOurChainIsOurs() {
    site.masa.answersWith(voucher -> voucher.pinnedDomainCert(Certificates.der(site.domain.certificate())));
    site.masa.logs(log -> List.of(event(Certificates.domainId(site.domain.certificate()), log.get(0).nonce())));

    assertThat(post()).isInstanceOf(Outcome.Granted.class);
    assertThat(latest().judgement().orElseThrow().rule()).isEqualTo("AUDIT_CLEAN");
  }

  @Test
  void aStoreThatFailsKeepsTheJudgementAndTheVoucherBack() {
    logs(event(FOREIGN, Optional.of("theirs")));
    site.fragile.breaks = facts -> facts.get(0) instanceof AuditLogReceived;

    assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.INTERNAL);
    assertThat(site.ledger.auditLogs(Site.device("SN-1"), 9)).isEmpty();
  }

  /** Another domain without nonce is in the log, and the policy holds the device for it. */
  private void holdsForeign() {
    logs(event(FOREIGN, Optional.empty()));
    site.auditPolicy(new AuditPolicy(Disposition.ACCEPT, Disposition.ACCEPT, Disposition.ACCEPT, Disposition.HOLD, Disposition.HOLD,
        Disposition.HOLD, Set.of()));
  }

  /** The true log, and these before it. */
  private void logs(AuditLog.Event... past) {
    site.masa.logs(log -> {
      List<AuditLog.Event> all = new ArrayList<>(List.of(past));
      all.addAll(log);
      return all;
    });
  }

  private static AuditLog.Event event(Octets domain, Optional<String> nonce) {
    return new AuditLog.Event(TestPki.NOW.minusSeconds(3600), domain, nonce, Optional.of(Assertion.LOGGED), 0);
  }

  private Outcome<VoucherArtifact> post() {
    return site.vouchers.request(site.session(idevid), request);
  }

  private AuditLogReceived latest() {
    return site.ledger.auditLogs(Site.device("SN-1"), 1).get(0);
  }

  private Device device() {
    return site.ledger.device(Site.device("SN-1")).orElseThrow();
  }
}
