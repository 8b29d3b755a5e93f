package org.eider.registrar;

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
}
