package org.eider.registrar.server.admin;

import java.util.List;
import java.util.Optional;
import org.eider.registrar.Disposition;
import org.eider.registrar.Rules;

/**
 * What the rules say of a device if it asked for a voucher now, by everything that is stored of it.
 *
 * @param manufacturer its manufacturer's name here
 * @param serial its product serial number
 * @param known whether it has been heard of
 * @param disposition what would become of it
 * @param rule the rule that decides
 * @param why one sentence
 * @param rules every rule in the order in which it is asked
 * @param auditLog its latest audit log, which the rules were given; absent when there is none yet
 */
public record PolicyReport(String manufacturer, String serial, boolean known, String disposition, String rule, String why, List<Line> rules,
    Optional<DeviceReport.AuditLog> auditLog) {
  /** Keeps an unmodifiable copy. */
  public PolicyReport {
    rules = List.copyOf(rules);
  }

  /**
   * A rule's part.
   *
   * @param rule the rule
   * @param applies whether it applies
   * @param disposition what it says, when it applies
   * @param decides whether it decides
   * @param why one sentence; empty when it does not apply
   */
  public record Line(String rule, boolean applies, Optional<String> disposition, boolean decides, String why) {
    static Line of(Rules.Line line) {
      return new Line(line.rule().name(), line.applies(), line.disposition().map(Disposition::label), line.decides(), line.why());
    }
  }
}
