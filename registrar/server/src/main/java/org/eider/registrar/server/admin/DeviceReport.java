package org.eider.registrar.server.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known of a device, the newest first in each list, at most {@link #MAX_ENTRIES} of each.
 *
 * @param device the device as it stands
 * @param history its events
 * @param decisions what operators decided about it
 * @param vouchers its voucher exchanges
 * @param auditLogs its audit logs
 * @param telemetry what it reported
 * @param certificates its LDevIDs
 */
public record DeviceReport(DeviceView device, List<Event> history, List<DeviceView.Decision> decisions, List<Voucher> vouchers,
    List<AuditLog> auditLogs, List<Telemetry> telemetry, List<CertificateView> certificates) {
  /** Most entries of a list. */
  public static final int MAX_ENTRIES = 100;

  /** Keeps unmodifiable copies. */
  public DeviceReport {
    history = List.copyOf(history);
    decisions = List.copyOf(decisions);
    vouchers = List.copyOf(vouchers);
    auditLogs = List.copyOf(auditLogs);
    telemetry = List.copyOf(telemetry);
    certificates = List.copyOf(certificates);
  }

  /**
   * An event.
   *
   * @param at when
   * @param kind what, lower case with dashes
   * @param session in which session
   * @param reason of a refusal
   * @param detail one sentence
   */
  public record Event(Instant at, String kind, String session, Optional<String> reason, String detail) {}

  /**
   * A voucher exchange; artefacts in base64 as they were on the wire.
   *
   * @param at when
   * @param session in which session
   * @param assertion what the voucher asserts
   * @param domainId of the certificate that it pins, in base64
   * @param pledgeRequest what the pledge sent
   * @param registrarRequest what the MASA was sent
   * @param voucher what the MASA answered
   */
  public record Voucher(Instant at, String session, Optional<String> assertion, String domainId, String pledgeRequest,
      String registrarRequest, String voucher) {}

  /**
   * An audit log.
   *
   * @param at when it was fetched
   * @param body JSON as received
   * @param unavailable why there is none
   * @param judgement what was concluded from it, or from its absence
   */
  public record AuditLog(Instant at, Optional<String> body, Optional<String> unavailable, Optional<Verdict> judgement) {}

  /**
   * What was concluded.
   *
   * @param disposition {@code accept}, {@code hold} or {@code deny}
   * @param rule the rule that decided
   * @param why one sentence
   */
  public record Verdict(String disposition, String rule, String why) {}

  /**
   * A report of the device.
   *
   * @param at when
   * @param kind {@code voucher} or {@code enrolment}
   * @param status whether it went well
   * @param reason why not
   * @param body JSON as received, or CBOR in diagnostic notation
   */
  public record Telemetry(Instant at, String kind, boolean status, Optional<String> reason, String body) {}
}
