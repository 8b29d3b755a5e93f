package org.eider.registrar;

import java.util.Optional;

/**
 * What the rules say of a case.
 *
 * @param rule the one that decided
 * @param disposition what becomes of the device
 * @param why one sentence for people; what comes from a MASA or an operator in it is not cleaned
 */
public record Verdict(Rule rule, Disposition disposition, String why) {
  /** What is stored with an audit log. */
  Judgement judgement() {
    return new Judgement(disposition, rule.name(), ExchangeLine.clean(why));
  }

  /** A denial as it is recorded: with what is told to nobody but the operator. */
  String recorded() {
    return ExchangeLine.clean(rule.isAudit() ? rule.name() + ": " + why : why);
  }

  /** A denial as the device is told: not what an operator or another domain has to do with it. */
  String told() {
    if (rule.isAudit()) {
      return "this domain does not take in a device with this history";
    }
    return rule == Rule.DENIED_BY_OPERATOR ? "this domain does not take in this device" : why;
  }

  /** The denial by an audit rule that {@link Device#refusal()} tells of, if it does. */
  static Optional<Verdict> ofRefusal(String refusal) {
    String[] parts = refusal.split(": ", 3);
    return parts.length == 3 && parts[0].equals(VoucherReason.AUDIT_REFUSED.name())
        ? Rule.named(parts[1]).map(rule -> new Verdict(rule, Disposition.DENY, parts[2]))
        : Optional.empty();
  }
}
