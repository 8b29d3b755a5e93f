package org.eider.registrar;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What decides about a device, in the order in which it is asked; {@link Rules} says when a rule applies. The names stand in history,
 * journal and log, and are not changed.
 */
public enum Rule {
  /** Nobody vouches for the device: its manufacturer is not, or no longer, configured. */
  UNKNOWN_MANUFACTURER(false),
  /** The request does not show that the device sees this very registrar (RFC 8995 section 5.3). */
  NOT_IN_PROXIMITY(false),
  /** The request has no nonce, so that its voucher could be used again. */
  NO_NONCE(false),
  /** An operator denied the device, and the denial has not expired. */
  DENIED_BY_OPERATOR(false),
  /** An operator approved the device, and the approval has not expired. */
  APPROVED_BY_OPERATOR(false),
  /** The device was let in before, one by one, and nobody has denied it since; for certificates only. */
  ADMITTED_BEFORE(false),
  /** The device is on its manufacturer's list, and the list admits. */
  EXPECTED_DEVICE(false),
  /** The list admits, and the device is not on it. */
  NOT_EXPECTED(false),
  /** The manufacturer's devices are admitted without being asked for. */
  AUTO_ADMISSION(false),
  /** The manufacturer's devices are approved one by one. */
  MANUAL_ADMISSION(false),
  /** The log has vouchers of this domain, beside the one that was just issued. */
  AUDIT_OWN(true),
  /** The log has vouchers of a domain that released its devices. */
  AUDIT_RELEASED(true),
  /** The log has vouchers of another domain. */
  AUDIT_FOREIGN(true),
  /** The log has a voucher without nonce, of any domain but this. */
  AUDIT_NONCELESS(true),
  /** The log is not whole. */
  AUDIT_TRUNCATED(true),
  /** There is no log, or none that can be read. */
  AUDIT_UNAVAILABLE(true),
  /** The log has a version above 1, of which the part that version 1 describes was read, and nothing else applies. */
  AUDIT_NEWER(true),
  /** The log has the voucher that was just issued, and nothing else. */
  AUDIT_CLEAN(true);

  private final boolean audit;

  Rule(boolean audit) {
    this.audit = audit;
  }

  /** Whether it is about the MASA's audit log. */
  public boolean isAudit() {
    return audit;
  }

  /** The name in options and for people. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The rule of that constant's name. */
  public static Optional<Rule> named(String name) {
    return Stream.of(values()).filter(rule -> rule.name().equals(name)).findFirst();
  }

  static List<Rule> ofAdmission() {
    return Stream.of(values()).filter(rule -> !rule.audit).toList();
  }

  static List<Rule> ofAudit() {
    return Stream.of(values()).filter(rule -> rule.audit).toList();
  }
}
