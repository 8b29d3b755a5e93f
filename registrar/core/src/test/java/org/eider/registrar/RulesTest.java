package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.registrar.Disposition.ACCEPT;
import static org.eider.registrar.Disposition.DENY;
import static org.eider.registrar.Disposition.HOLD;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RulesTest {
  static final Instant NOW = TestPki.NOW;
  private static final Octets OWN = Octets.utf8("our domain");
  private static final Octets RELEASED = Octets.utf8("a domain that sells");
  private static final Octets FOREIGN = Octets.utf8("somebody else");
  private static final CaseMaker MAKER = new CaseMaker(Set.of(OWN), RELEASED);

  /** Each rule decides at least once. */
  static Stream<Arguments> cases() {
    CaseMaker auto = MAKER.admission(Manufacturer.Admission.AUTO);
    CaseMaker manual = MAKER.admission(Manufacturer.Admission.MANUAL);
    CaseMaker expected = MAKER.admission(Manufacturer.Admission.EXPECTED);
    return Stream.of(
        arguments("no manufacturer", MAKER.unconfigured().approved().make(), Rule.UNKNOWN_MANUFACTURER, DENY),
        arguments("another assertion", auto.approved().make().asking(new Case.Asked(Optional.of(Assertion.LOGGED), true, true)),
            Rule.NOT_IN_PROXIMITY, DENY),
        arguments("another registrar", auto.approved().make().asking(new Case.Asked(Optional.of(Assertion.PROXIMITY), false, true)),
            Rule.NOT_IN_PROXIMITY, DENY),
        arguments("no nonce", auto.approved().make().asking(new Case.Asked(Optional.of(Assertion.PROXIMITY), true, false)),
            Rule.NO_NONCE, DENY),
        arguments("denied", auto.denied().make(), Rule.DENIED_BY_OPERATOR, DENY),
        arguments("denied and listed", expected.listed().denied().make(), Rule.DENIED_BY_OPERATOR, DENY),
        arguments("denied before a certificate", auto.denied().certificate().make(), Rule.DENIED_BY_OPERATOR, DENY),
        arguments("approved", manual.approved().make(), Rule.APPROVED_BY_OPERATOR, ACCEPT),
        arguments("approved and not listed", expected.approved().make(), Rule.APPROVED_BY_OPERATOR, ACCEPT),
        arguments("approved long ago, for its certificate", expected.approvedLongAgo().certificate().make(), Rule.ADMITTED_BEFORE, ACCEPT),
        arguments("manual later, for its certificate", manual.certificate().make(), Rule.ADMITTED_BEFORE, ACCEPT),
        arguments("denied long ago, for its certificate", manual.deniedLongAgo().certificate().make(), Rule.MANUAL_ADMISSION, DENY),
        arguments("denied long ago, automatic, for its certificate", auto.deniedLongAgo().certificate().make(), Rule.AUTO_ADMISSION, ACCEPT),
        arguments("denied long ago, listed, for its certificate", expected.listed().deniedLongAgo().certificate().make(),
            Rule.EXPECTED_DEVICE, ACCEPT),
        arguments("approved long ago, for a voucher", expected.approvedLongAgo().make(), Rule.NOT_EXPECTED, DENY),
        arguments("listed", expected.listed().make(), Rule.EXPECTED_DEVICE, ACCEPT),
        arguments("not listed", expected.make(), Rule.NOT_EXPECTED, DENY),
        arguments("not listed, for its certificate", expected.certificate().make(), Rule.NOT_EXPECTED, DENY),
        arguments("automatic", auto.make(), Rule.AUTO_ADMISSION, ACCEPT),
        arguments("automatic, for its certificate", auto.certificate().make(), Rule.AUTO_ADMISSION, ACCEPT),
        arguments("manual", manual.make(), Rule.MANUAL_ADMISSION, HOLD),
        arguments("manual, whatever the list says", manual.listed().make(), Rule.MANUAL_ADMISSION, HOLD),
        arguments("manual, whatever the log says", manual.log(1, MAKER.issued()), Rule.MANUAL_ADMISSION, HOLD),
        arguments("own past", auto.log(1, MAKER.event(OWN, "old"), MAKER.issued()), Rule.AUDIT_OWN, ACCEPT),
        arguments("own past without nonce", auto.log(1, MAKER.nonceless(OWN), MAKER.issued()), Rule.AUDIT_OWN, ACCEPT),
        arguments("released", auto.log(1, MAKER.event(RELEASED, "old"), MAKER.issued()), Rule.AUDIT_RELEASED, ACCEPT),
        arguments("foreign", auto.log(1, MAKER.event(FOREIGN, "old"), MAKER.issued()), Rule.AUDIT_FOREIGN, DENY),
        arguments("foreign with our nonce", auto.log(1, MAKER.issuedFor(FOREIGN), MAKER.issued()), Rule.AUDIT_FOREIGN, DENY),
        arguments("foreign without nonce", auto.log(1, MAKER.nonceless(FOREIGN), MAKER.issued()), Rule.AUDIT_FOREIGN, DENY),
        arguments("released without nonce", auto.log(1, MAKER.nonceless(RELEASED), MAKER.issued()), Rule.AUDIT_NONCELESS, HOLD),
        arguments("ours missing", auto.log(1), Rule.AUDIT_TRUNCATED, HOLD),
        arguments("ours with another nonce only", auto.log(1, MAKER.event(OWN, "old")), Rule.AUDIT_TRUNCATED, HOLD),
        arguments("left out", auto.truncated(0, 0, 1), Rule.AUDIT_TRUNCATED, HOLD),
        arguments("duplicates that nothing stands for", auto.truncated(1, 0, 0), Rule.AUDIT_TRUNCATED, HOLD),
        arguments("nonceless duplicates that nothing stands for", auto.truncated(0, 3, 0), Rule.AUDIT_TRUNCATED, HOLD),
        arguments("no log", auto.make().with(AuditEvidence.none("404")), Rule.AUDIT_UNAVAILABLE, HOLD),
        arguments("a log of no version", auto.log(0, MAKER.issued()), Rule.AUDIT_UNAVAILABLE, HOLD),
        arguments("a newer log", auto.log(7, MAKER.issued()), Rule.AUDIT_NEWER, ACCEPT),
        arguments("a newer log with a foreign entry", auto.log(7, MAKER.issuedFor(FOREIGN), MAKER.issued()), Rule.AUDIT_FOREIGN, DENY),
        arguments("clean", auto.log(1, MAKER.issued()), Rule.AUDIT_CLEAN, ACCEPT),
        arguments("clean, asked for twice", auto.log(1, MAKER.issued(), MAKER.issued()), Rule.AUDIT_CLEAN, ACCEPT));
  }

  @ParameterizedTest(name = "{0}: {2} {3}")
  @MethodSource("cases")
  void everyCaseIsDecidedByOneRule(String name, Case facts, Rule rule, Disposition disposition) {
    Verdict verdict = Rules.judge(facts);

    assertThat(verdict.rule()).as(verdict.why()).isEqualTo(rule);
    assertThat(verdict.disposition()).isEqualTo(disposition);
    assertThat(verdict.why()).isNotBlank();
  }

  @Test
  void everyRuleDecidesSomeCase() {
    assertThat(cases().map(one -> (Rule) one.get()[2]).distinct()).containsExactlyInAnyOrder(Rule.values());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anExplanationNamesEachRuleInOrderAndTheOneThatDecides(String name, Case facts, Rule rule, Disposition disposition) {
    List<Rules.Line> lines = Rules.explain(facts);

    assertThat(lines).extracting(Rules.Line::rule).containsExactly(Rule.values());
    assertThat(lines).filteredOn(Rules.Line::decides).singleElement().satisfies(line -> {
      assertThat(line.rule()).isEqualTo(rule);
      assertThat(line.disposition()).contains(disposition);
      assertThat(line.why()).isEqualTo(Rules.judge(facts).why());
    });
    assertThat(lines).allSatisfy(line -> assertThat(line.why().isEmpty()).isEqualTo(!line.applies()));
  }

  /** What the log says, and what its manufacturer's policy makes of it. */
  @ParameterizedTest
  @EnumSource(Disposition.class)
  void everyAuditRuleGoesByThePolicy(Disposition disposition) {
    AuditPolicy all = new AuditPolicy(disposition, disposition, disposition, disposition, disposition, disposition, Set.of(RELEASED));
    CaseMaker maker = MAKER.admission(Manufacturer.Admission.AUTO).policy(all);

    assertThat(Stream.of(maker.log(1, MAKER.event(OWN, "old"), MAKER.issued()), maker.log(1, MAKER.event(RELEASED, "old"), MAKER.issued()),
        maker.log(1, MAKER.event(FOREIGN, "old"), MAKER.issued()), maker.log(1, MAKER.nonceless(FOREIGN), MAKER.issued()), maker.log(1),
        maker.make().with(AuditEvidence.none("404")))).extracting(Rules::judge).extracting(Verdict::disposition).containsOnly(disposition);
  }

  @Test
  void theSeverestDispositionDecidesAndTheFirstOfEquals() {
    CaseMaker auto = MAKER.admission(Manufacturer.Admission.AUTO);
    AuditLog.Event[] past = {MAKER.event(OWN, "a"), MAKER.nonceless(RELEASED)};

    assertThat(Rules.judge(auto.log(1, past)).rule()).as("two hold").isEqualTo(Rule.AUDIT_NONCELESS);
    assertThat(Rules.judge(auto.policy(policy(ACCEPT, HOLD, DENY)).log(1, past)).rule()).isEqualTo(Rule.AUDIT_TRUNCATED);
    assertThat(Rules.judge(auto.policy(policy(DENY, HOLD, DENY)).log(1, past)).rule()).isEqualTo(Rule.AUDIT_OWN);
  }

  @ParameterizedTest
  @CsvSource({"-1, APPROVED_BY_OPERATOR", "0, MANUAL_ADMISSION", "1, MANUAL_ADMISSION"})
  void anApprovalEndsAtItsEnd(int millis, Rule rule) {
    CaseMaker manual = MAKER.admission(Manufacturer.Admission.MANUAL).decided(true, NOW);

    assertThat(Rules.judge(manual.at(NOW.plus(Duration.ofHours(1)).plusMillis(millis)).make()).rule()).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource({"-1, DENIED_BY_OPERATOR", "0, AUTO_ADMISSION"})
  void aDenialEndsAtItsEnd(int millis, Rule rule) {
    CaseMaker auto = MAKER.admission(Manufacturer.Admission.AUTO).decided(false, NOW);

    assertThat(Rules.judge(auto.at(NOW.plus(Duration.ofHours(1)).plusMillis(millis)).make()).rule()).isEqualTo(rule);
  }

  @Test
  void anApprovalAnswersTheAuditRulesThatHeldTheDeviceAndNoOthers() {
    CaseMaker approved = MAKER.admission(Manufacturer.Admission.AUTO).approved();
    Case nonceless = approved.log(1, MAKER.nonceless(RELEASED), MAKER.issued());
    Case both = approved.log(1, MAKER.nonceless(RELEASED));

    assertThat(Rules.judge(nonceless)).extracting(Verdict::rule, Verdict::disposition).containsExactly(Rule.AUDIT_NONCELESS, HOLD);
    assertThat(Rules.judge(nonceless.answering(Set.of(Rule.AUDIT_NONCELESS)))).satisfies(verdict -> {
      assertThat(verdict.rule()).isEqualTo(Rule.AUDIT_NONCELESS);
      assertThat(verdict.disposition()).isEqualTo(ACCEPT);
      assertThat(verdict.why()).contains("approved by operator");
    });
    assertThat(Rules.judge(both.answering(Set.of(Rule.AUDIT_NONCELESS))).rule()).isEqualTo(Rule.AUDIT_TRUNCATED);
    assertThat(Rules.judge(both.answering(Set.of(Rule.AUDIT_NONCELESS, Rule.AUDIT_TRUNCATED))).disposition()).isEqualTo(ACCEPT);
  }

  @Test
  void anApprovalNeverTurnsADenialOfThePolicy() {
    Case foreign = MAKER.admission(Manufacturer.Admission.AUTO).approved().log(1, MAKER.event(FOREIGN, "old"), MAKER.issued());

    assertThat(Rules.judge(foreign.answering(Set.of(Rule.values()))).disposition()).isEqualTo(DENY);
  }

  @Test
  void anApprovalThatHasExpiredAnswersNothing() {
    Case held = MAKER.admission(Manufacturer.Admission.AUTO).approvedLongAgo().log(1, MAKER.nonceless(RELEASED), MAKER.issued());

    assertThat(Rules.judge(held.answering(Set.of(Rule.AUDIT_NONCELESS))).disposition()).isEqualTo(HOLD);
  }

  @Test
  void aDeviceThatTheLogHeldIsHeldWithoutTheMasaUntilItIsTimeToLookAgain() {
    CaseMaker held = MAKER.admission(Manufacturer.Admission.AUTO).held(Rule.AUDIT_UNAVAILABLE, NOW, NOW);
    CaseMaker longHeld = MAKER.admission(Manufacturer.Admission.AUTO).held(Rule.AUDIT_UNAVAILABLE, NOW.minus(Duration.ofDays(3)), NOW);

    assertThat(Rules.judge(held.at(NOW.plusSeconds(299)).make())).extracting(Verdict::rule, Verdict::disposition, Verdict::why)
        .containsExactly(Rule.AUDIT_UNAVAILABLE, HOLD, "waits");
    assertThat(Rules.judge(held.at(NOW.plusSeconds(300)).make()).rule()).isEqualTo(Rule.AUTO_ADMISSION);
    assertThat(Rules.judge(longHeld.at(NOW.plusSeconds(6 * 3600 - 1)).make()).rule()).isEqualTo(Rule.AUDIT_UNAVAILABLE);
    assertThat(Rules.judge(longHeld.at(NOW.plusSeconds(6 * 3600)).make()).rule()).isEqualTo(Rule.AUTO_ADMISSION);
  }

  @Test
  void aHoldEndsWithThePolicyThatMadeIt() {
    CaseMaker held = MAKER.admission(Manufacturer.Admission.AUTO).held(Rule.AUDIT_NONCELESS, NOW, NOW);

    assertThat(Rules.judge(held.make()).disposition()).isEqualTo(HOLD);
    assertThat(Rules.judge(held.policy(policy(ACCEPT, ACCEPT, HOLD)).make()).disposition()).isEqualTo(ACCEPT);
  }

  @Test
  void aDeviceThatTheLogKeptOutIsRefusedWithoutTheMasaForAWhile() {
    CaseMaker refused = MAKER.admission(Manufacturer.Admission.AUTO).refused("AUDIT_REFUSED: AUDIT_FOREIGN: one earlier voucher", NOW);

    assertThat(Rules.judge(refused.at(NOW.plusSeconds(1799)).make())).extracting(Verdict::rule, Verdict::disposition, Verdict::why)
        .containsExactly(Rule.AUDIT_FOREIGN, DENY, "one earlier voucher");
    assertThat(Rules.judge(refused.at(NOW.plusSeconds(1800)).make()).disposition()).isEqualTo(ACCEPT);
    AuditPolicy lenient = new AuditPolicy(ACCEPT, ACCEPT, HOLD, HOLD, HOLD, HOLD, Set.of());
    assertThat(Rules.judge(refused.policy(lenient).make()).disposition()).isEqualTo(ACCEPT);
  }

  @Test
  void aClockThatWasAheadNeitherHoldsNorKeepsOutADevice() {
    CaseMaker auto = MAKER.admission(Manufacturer.Admission.AUTO);
    Instant ahead = NOW.plus(Duration.ofDays(400));

    assertThat(Rules.judge(auto.held(Rule.AUDIT_UNAVAILABLE, ahead, ahead).make()).rule()).isEqualTo(Rule.AUTO_ADMISSION);
    assertThat(Rules.judge(auto.held(Rule.AUDIT_UNAVAILABLE, NOW, NOW.plusMillis(1)).make()).rule()).isEqualTo(Rule.AUTO_ADMISSION);
    assertThat(Rules.judge(auto.refused("AUDIT_REFUSED: AUDIT_FOREIGN: one earlier voucher", ahead).make()).rule())
        .isEqualTo(Rule.AUTO_ADMISSION);
  }

  @Test
  void onlyDenyingRulesHaveReasonsAndEachHasOne() {
    assertThat(Arrays.stream(Rule.values()).filter(Rule::isAudit)).allMatch(rule -> VoucherReason.of(rule) == VoucherReason.AUDIT_REFUSED);
    assertThat(VoucherReason.of(Rule.DENIED_BY_OPERATOR)).isEqualTo(VoucherReason.DENIED);
    assertThat(EnrolReason.of(Rule.DENIED_BY_OPERATOR)).isEqualTo(EnrolReason.DENIED);
  }

  private static AuditPolicy policy(Disposition own, Disposition nonceless, Disposition truncated) {
    return new AuditPolicy(own, ACCEPT, DENY, nonceless, truncated, HOLD, Set.of(RELEASED));
  }
}
