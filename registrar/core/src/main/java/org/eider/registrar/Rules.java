package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;

/**
 * Decides about devices: a pure function of a {@link Case}, and refusal unless a rule says otherwise.
 *
 * <p>First it is decided whether the device is let in: of the rules that are not about the audit log, the first that applies decides,
 * and one always does. When it is let in and the MASA was asked, the severest disposition that its manufacturer's {@link AuditPolicy}
 * gives to what the log says decides, the first of equals. An operator's denial goes before everything but what nobody may allow. An
 * approval lets a device in whatever the list says, and turns HOLD into ACCEPT for those audit rules that held the device before the
 * operator approved it; it never turns DENY, and never answers what the operator could not have seen.
 */
public final class Rules {
  /** How long a device that the audit log holds waits at least, and at most, until its MASA is asked again. */
  private static final Duration SOONEST = Duration.ofMinutes(5);
  private static final Duration LATEST = Duration.ofHours(6);
  /** How long a device that the audit log keeps out is refused without asking its MASA again. */
  private static final Duration REFUSED_FOR = Duration.ofMinutes(30);

  private Rules() {}

  /**
   * One rule's part in a verdict.
   *
   * @param rule the rule
   * @param disposition what it says; empty when it does not apply
   * @param decides whether it is the one that decides
   * @param why one sentence; empty when it does not apply
   */
  public record Line(Rule rule, Optional<Disposition> disposition, boolean decides, String why) {
    /** Whether the rule applies. */
    public boolean applies() {
      return disposition.isPresent();
    }
  }

  /** What a rule says, and what it would say had no operator approved. */
  private record Finding(Verdict verdict, Disposition unapproved) {}

  /** The verdict. */
  public static Verdict judge(Case facts) {
    Verdict admission = Rule.ofAdmission().stream()
        .flatMap(rule -> admission(rule, facts).stream())
        .findFirst().orElseThrow();
    if (admission.disposition() != Disposition.ACCEPT || facts.purpose() == Case.Purpose.CERTIFICATE) {
      return admission;
    }
    Comparator<Finding> severity = Comparator.comparing((Finding finding) -> finding.verdict().disposition())
        .thenComparing(Finding::unapproved);
    return findings(facts).stream().reduce((first, next) -> severity.compare(next, first) > 0 ? next : first)
        .map(Finding::verdict).orElse(admission);
  }

  /** Every rule in order, what it says of the case, and which decides. */
  public static List<Line> explain(Case facts) {
    Verdict verdict = judge(facts);
    List<Finding> findings = findings(facts);
    List<Line> lines = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      Optional<Verdict> says = rule.isAudit()
          ? findings.stream().map(Finding::verdict).filter(found -> found.rule() == rule).findFirst()
          : admission(rule, facts);
      lines.add(new Line(rule, says.map(Verdict::disposition), rule == verdict.rule(), says.map(Verdict::why).orElse("")));
    }
    return List.copyOf(lines);
  }

  /** What {@code policy} says where an audit rule applies. */
  public static Disposition disposition(Rule rule, AuditPolicy policy) {
    return switch (rule) {
      case AUDIT_OWN -> policy.ownEntries();
      case AUDIT_RELEASED -> policy.releasedEntries();
      case AUDIT_FOREIGN -> policy.foreignEntries();
      case AUDIT_NONCELESS -> policy.noncelessEntries();
      case AUDIT_TRUNCATED -> policy.truncated();
      case AUDIT_UNAVAILABLE -> policy.unavailable();
      case AUDIT_NEWER, AUDIT_CLEAN -> Disposition.ACCEPT;
      case UNKNOWN_MANUFACTURER, NOT_IN_PROXIMITY, NO_NONCE, DENIED_BY_OPERATOR, APPROVED_BY_OPERATOR, ADMITTED_BEFORE, EXPECTED_DEVICE,
          NOT_EXPECTED, AUTO_ADMISSION, MANUAL_ADMISSION -> throw new IllegalArgumentException(rule + " is not about the audit log");
    };
  }

  private static Optional<Verdict> admission(Rule rule, Case facts) {
    Optional<Manufacturer.Admission> admission = facts.manufacturer().map(Manufacturer::admission);
    boolean listed = admission.equals(Optional.of(Manufacturer.Admission.EXPECTED));
    return switch (rule) {
      case UNKNOWN_MANUFACTURER ->
          when(admission.isEmpty(), rule, Disposition.DENY, "the device's manufacturer is not configured");
      case NOT_IN_PROXIMITY ->
          facts.asked().flatMap(Rules::notInProximity).map(why -> new Verdict(rule, Disposition.DENY, why));
      case NO_NONCE -> when(facts.asked().filter(asked -> !asked.hasNonce()).isPresent(), rule, Disposition.DENY,
          "the request carries no nonce");
      case DENIED_BY_OPERATOR -> facts.decision().filter(decision -> !decision.approved())
          .map(decision -> new Verdict(rule, Disposition.DENY, "denied " + words(decision)));
      case APPROVED_BY_OPERATOR -> facts.approval()
          .map(decision -> new Verdict(rule, Disposition.ACCEPT, "approved " + words(decision)));
      case ADMITTED_BEFORE -> when(admittedBefore(facts, admission), rule, Disposition.ACCEPT,
          "the device holds a voucher that it got when it was let in, and nobody has denied it since");
      case EXPECTED_DEVICE -> when(listed && facts.expected(), rule, Disposition.ACCEPT,
          "this device is on the list of expected devices");
      case NOT_EXPECTED -> when(listed && !facts.expected(), rule, Disposition.DENY,
          "this device is not on the list of expected devices");
      case AUTO_ADMISSION -> when(admission.equals(Optional.of(Manufacturer.Admission.AUTO)), rule, Disposition.ACCEPT,
          "every device of this manufacturer is let in");
      case MANUAL_ADMISSION -> when(admission.equals(Optional.of(Manufacturer.Admission.MANUAL)), rule,
          facts.purpose() == Case.Purpose.CERTIFICATE ? Disposition.DENY : Disposition.HOLD, "an operator has to approve this device");
      case AUDIT_OWN, AUDIT_RELEASED, AUDIT_FOREIGN, AUDIT_NONCELESS, AUDIT_TRUNCATED, AUDIT_UNAVAILABLE, AUDIT_NEWER, AUDIT_CLEAN ->
          Optional.empty();
    };
  }

  private static Optional<Verdict> when(boolean applies, Rule rule, Disposition disposition, String why) {
    return applies ? Optional.of(new Verdict(rule, disposition, why)) : Optional.empty();
  }

  private static Optional<String> notInProximity(Case.Asked asked) {
    if (!asked.assertion().equals(Optional.of(Assertion.PROXIMITY))) {
      return Optional.of("the request's assertion is not proximity");
    }
    return asked.seesUs() ? Optional.empty() : Optional.of("the request does not name the certificate, or its key, that this session showed");
  }

  /**
   * An approval is about letting in: it ends after a day, while the device that came in on it stays for years and has to renew its
   * certificate. So does one of which nobody has decided and whose manufacturer became manual later. Where devices are approved one by
   * one, a denial that has ended leaves the device to be decided about anew.
   */
  private static boolean admittedBefore(Case facts, Optional<Manufacturer.Admission> admission) {
    boolean manual = admission.equals(Optional.of(Manufacturer.Admission.MANUAL));
    Optional<Fact.Decision> latest = facts.known().flatMap(Device::decision);
    return facts.purpose() == Case.Purpose.CERTIFICATE && latest.map(Fact.Decision::approved).orElse(manual);
  }

  private static String words(Fact.Decision decision) {
    return "by " + decision.by() + ", until " + decision.until() + (decision.reason().isEmpty() ? "" : ": " + decision.reason());
  }

  private static List<Finding> findings(Case facts) {
    if (facts.manufacturer().isEmpty() || facts.purpose() == Case.Purpose.CERTIFICATE) {
      return List.of();
    }
    AuditPolicy policy = facts.manufacturer().get().auditPolicy();
    if (facts.audit().isEmpty()) {
      return stillHeld(facts, policy).or(() -> stillRefused(facts, policy))
          .map(still -> new Finding(still, still.disposition())).stream().toList();
    }
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : Rule.ofAudit()) {
      says(rule, facts.audit().get(), policy, findings.isEmpty()).map(why -> weighed(rule, why, policy, facts)).ifPresent(findings::add);
    }
    return findings;
  }

  /** A device that the log held stays held, without the MASA, until an operator decides or it is time to look again. */
  private static Optional<Verdict> stillHeld(Case facts, AuditPolicy policy) {
    return seenBefore(facts).flatMap(device -> device.hold().filter(hold -> facts.now().isBefore(nextLook(device, hold))))
        .flatMap(hold -> Rule.named(hold.rule()).filter(Rule::isAudit)
            .filter(rule -> disposition(rule, policy) == Disposition.HOLD)
            .map(rule -> new Verdict(rule, Disposition.HOLD, hold.why())));
  }

  /** A device that the log kept out is not asked about again for a while, so that its requests neither cost nor record anything. */
  private static Optional<Verdict> stillRefused(Case facts, AuditPolicy policy) {
    return seenBefore(facts).filter(device -> facts.now().isBefore(device.lastSeen().plus(REFUSED_FOR)))
        .flatMap(Device::refusal).flatMap(Verdict::ofRefusal)
        .filter(verdict -> verdict.rule().isAudit() && disposition(verdict.rule(), policy) == Disposition.DENY);
  }

  /** Unless it was last seen in the future, by a clock that has been put right since: a pause is not to last as long as that error. */
  private static Optional<Device> seenBefore(Case facts) {
    return facts.known().filter(device -> !device.lastSeen().isAfter(facts.now()));
  }

  /** As long again as it has been held, from the last time that something was recorded: an endless hold costs ever less. */
  private static Instant nextLook(Device device, Hold hold) {
    Duration held = Duration.between(hold.since(), device.lastSeen());
    Duration pause = held.compareTo(SOONEST) < 0 ? SOONEST : held.compareTo(LATEST) > 0 ? LATEST : held;
    return device.lastSeen().plus(pause);
  }

  private static Finding weighed(Rule rule, String why, AuditPolicy policy, Case facts) {
    Disposition unapproved = disposition(rule, policy);
    boolean overridden = unapproved == Disposition.HOLD && facts.answered().contains(rule) && facts.approval().isPresent();
    return overridden
        ? new Finding(new Verdict(rule, Disposition.ACCEPT, why + "; approved " + words(facts.approval().orElseThrow())), unapproved)
        : new Finding(new Verdict(rule, unapproved, why), unapproved);
  }

  private static Optional<String> says(Rule rule, AuditEvidence evidence, AuditPolicy policy, boolean nothingElse) {
    return switch (rule) {
      case AUDIT_OWN -> past(evidence.past(evidence::isOwn), "for this domain");
      case AUDIT_RELEASED -> past(evidence.past(event -> !evidence.isOwn(event) && isReleased(event, policy)),
          "for domains that released their devices");
      case AUDIT_FOREIGN -> past(evidence.past(event -> !evidence.isOwn(event) && !isReleased(event, policy)), "for other domains");
      case AUDIT_NONCELESS -> past(evidence.past(event -> !evidence.isOwn(event) && event.nonce().isEmpty()),
          "without nonce for other domains");
      case AUDIT_TRUNCATED -> evidence.missing();
      case AUDIT_UNAVAILABLE -> evidence.log().isPresent() ? Optional.empty() : Optional.of("no audit log: " + evidence.unavailable());
      case AUDIT_NEWER -> evidence.log().map(AuditLog::version).filter(version -> version > 1)
          .map(version -> "the log has version " + version + "; what version 1 describes of it was read");
      case AUDIT_CLEAN -> nothingElse ? Optional.of("the log has no other voucher than this one") : Optional.empty();
      case UNKNOWN_MANUFACTURER, NOT_IN_PROXIMITY, NO_NONCE, DENIED_BY_OPERATOR, APPROVED_BY_OPERATOR, ADMITTED_BEFORE, EXPECTED_DEVICE,
          NOT_EXPECTED, AUTO_ADMISSION, MANUAL_ADMISSION -> Optional.empty();
    };
  }

  private static boolean isReleased(AuditLog.Event event, AuditPolicy policy) {
    return policy.releasedDomains().contains(event.domainId());
  }

  private static Optional<String> past(List<AuditLog.Event> newestFirst, String which) {
    return newestFirst.isEmpty()
        ? Optional.empty()
        : Optional.of(newestFirst.size() + " earlier voucher(s) " + which + ", the last of " + newestFirst.get(0).date()
            + " with domainID " + newestFirst.get(0).domainId().base64());
  }
}
