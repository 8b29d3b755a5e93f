package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** What holds for every case, tried on many that are drawn from a seed. */
class RulesPropertyTest {
  private static final int CASES = 20_000;
  private static final List<Octets> DOMAINS = Stream.of("own", "released", "foreign", "").map(Octets::utf8).toList();

  private final Random random = new Random(20261121);

  @Test
  void judgingIsTotalAndPureAndNeverMoreLenientThanItsParts() {
    for (int i = 0; i < CASES; i++) {
      Case facts = draw();

      Verdict verdict = Rules.judge(facts);

      assertThat(Rules.judge(facts)).isEqualTo(verdict);
      List<Rules.Line> lines = Rules.explain(facts);
      assertThat(lines).filteredOn(Rules.Line::decides).extracting(Rules.Line::rule).containsExactly(verdict.rule());
      if (verdict.disposition() == Disposition.ACCEPT) {
        letsNobodyInWhomARuleKeepsOut(facts, lines);
      }
      if (facts.decision().filter(decision -> !decision.approved()).isPresent()) {
        assertThat(verdict.disposition()).as("a denial in force").isEqualTo(Disposition.DENY);
      }
      if (facts.purpose() == Case.Purpose.CERTIFICATE) {
        assertThat(verdict.disposition()).as("a certificate is never held").isNotEqualTo(Disposition.HOLD);
      }
    }
  }

  /** An approval may come before the list and before a manufacturer that is manual; nothing comes before anything else. */
  private static void letsNobodyInWhomARuleKeepsOut(Case facts, List<Rules.Line> lines) {
    Set<Rule> against = lines.stream().filter(line -> line.applies() && line.disposition().get() != Disposition.ACCEPT)
        .map(Rules.Line::rule).collect(Collectors.toSet());
    boolean letIn = facts.approval().isPresent() || lines.get(Rule.ADMITTED_BEFORE.ordinal()).applies();
    assertThat(letIn ? Set.of(Rule.NOT_EXPECTED, Rule.MANUAL_ADMISSION) : Set.<Rule>of()).as("%s", facts).containsAll(against);
  }

  private Case draw() {
    CaseMaker maker = new CaseMaker(Set.of(DOMAINS.get(0)), DOMAINS.get(1)).admission(pick(Manufacturer.Admission.values()))
        .policy(new AuditPolicy(any(), any(), any(), any(), any(), any(), Set.of(DOMAINS.get(1))));
    maker = random.nextInt(10) == 0 ? maker.unconfigured() : maker;
    maker = random.nextBoolean() ? maker.listed() : maker;
    maker = random.nextInt(4) == 0 ? maker.certificate() : maker;
    Instant before = TestPki.NOW.minus(Duration.ofMinutes(random.nextInt(120)));
    maker = switch (random.nextInt(5)) {
      case 0 -> maker.decided(random.nextBoolean(), before);
      case 1 -> maker.held(pick(Rule.values()), before, before.plusSeconds(random.nextInt(3600)));
      case 2 -> maker.refused("AUDIT_REFUSED: " + pick(Rule.values()) + ": x", before);
      case 3 -> maker.refused(random.nextBoolean() ? "AUDIT_REFUSED: " : "NO_NONCE: AUDIT_FOREIGN: x", before);
      default -> maker;
    };
    Case facts = random.nextBoolean() ? maker.make() : maker.log(random.nextInt(3), events(maker));
    facts = random.nextInt(4) == 0 ? facts.with(AuditEvidence.none("down")) : facts;
    Set<Rule> answered = Stream.of(Rule.values()).filter(rule -> random.nextInt(3) == 0).collect(Collectors.toSet());
    facts = facts.answering(answered);
    return random.nextBoolean() ? facts
        : facts.asking(new Case.Asked(Optional.of(pick(Assertion.values())), random.nextInt(5) > 0, random.nextInt(5) > 0));
  }

  private AuditLog.Event[] events(CaseMaker maker) {
    List<AuditLog.Event> events = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Octets domain = DOMAINS.get(random.nextInt(DOMAINS.size()));
      events.add(switch (random.nextInt(3)) {
        case 0 -> maker.issued();
        case 1 -> maker.nonceless(domain);
        default -> maker.event(domain, "nonce " + i);
      });
    }
    return events.toArray(AuditLog.Event[]::new);
  }

  private Disposition any() {
    return pick(Disposition.values());
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
