package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Disposition;
import org.eider.registrar.Fact;
import org.eider.registrar.Judgement;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/** One table per kind of fact; a fact is inserted and read, never changed. */
final class FactRows {
  private static final String INSERT_EVENT = """
      INSERT INTO device_events (device_id, happened_at, kind, state, session_id, reason, detail, idevid, certificate)
      VALUES (:device_id, :happened_at, :kind, :state, :session_id, :reason, :detail, :idevid, :certificate)
      """;
  private static final String INSERT_EXCHANGE = """
      INSERT INTO voucher_exchanges
        (device_id, happened_at, session_id, pledge_request, registrar_request, voucher, assertion, domain_id)
      VALUES (:device_id, :happened_at, :session_id, :pledge_request, :registrar_request, :voucher, :assertion, :domain_id)
      """;
  private static final String INSERT_AUDIT_LOG = """
      INSERT INTO audit_logs (device_id, happened_at, body, unavailable, disposition, rule, why)
      VALUES (:device_id, :happened_at, :body, :unavailable, :disposition, :rule, :why)
      """;
  private static final String INSERT_TELEMETRY = """
      INSERT INTO telemetry (device_id, happened_at, kind, went_well, reason, body)
      VALUES (:device_id, :happened_at, :kind, :went_well, :reason, :body)
      """;

  private static final String INSERT_DECISION = """
      INSERT INTO decisions (device_id, happened_at, approved, until, decided_by, reason)
      VALUES (:device_id, :happened_at, :approved, :until, :decided_by, :reason)
      """;

  private FactRows() {}

  static void insert(Handle handle, long deviceId, Fact fact) {
    if (fact instanceof Fact.DeviceEvent event) {
      insertEvent(insertion(handle, INSERT_EVENT, deviceId, fact), event);
    } else if (fact instanceof Fact.VoucherExchange exchange) {
      insertExchange(insertion(handle, INSERT_EXCHANGE, deviceId, fact), exchange);
    } else if (fact instanceof Fact.AuditLogReceived log) {
      insertion(handle, INSERT_AUDIT_LOG, deviceId, fact)
          .bind("body", bytes(log.body()))
          .bind("unavailable", log.unavailable().orElse(null))
          .bind("disposition", log.judgement().map(judgement -> judgement.disposition().name()).orElse(null))
          .bind("rule", log.judgement().map(Judgement::rule).orElse(null))
          .bind("why", log.judgement().map(Judgement::why).orElse(null))
          .execute();
    } else if (fact instanceof Fact.Telemetry telemetry) {
      insertion(handle, INSERT_TELEMETRY, deviceId, fact)
          .bind("kind", telemetry.kind().name())
          .bind("went_well", telemetry.status())
          .bind("reason", telemetry.reason().orElse(null))
          .bind("body", telemetry.body().toArray())
          .execute();
    } else if (fact instanceof Fact.Decision decision) {
      insertion(handle, INSERT_DECISION, deviceId, fact)
          .bind("approved", decision.approved())
          .bind("until", Columns.millis(decision.until()))
          .bind("decided_by", decision.by())
          .bind("reason", decision.reason())
          .execute();
    } else {
      throw new IllegalArgumentException("no table for " + fact.getClass().getSimpleName());
    }
  }

  static Fact.DeviceEvent event(DeviceId device, ResultSet row) throws SQLException {
    return new Fact.DeviceEvent(
        device,
        Columns.instant(row, "happened_at"),
        Columns.name(row, "kind", Fact.DeviceEvent.Kind.class),
        Columns.optionalName(row, "state", DeviceState.class),
        row.getString("session_id"),
        Columns.text(row, "reason"),
        row.getString("detail"),
        Columns.optionalOctets(row, "idevid"),
        Columns.serial(row, "certificate"));
  }

  static Fact.VoucherExchange exchange(DeviceId device, ResultSet row) throws SQLException {
    return new Fact.VoucherExchange(
        device,
        Columns.instant(row, "happened_at"),
        row.getString("session_id"),
        Columns.octets(row, "pledge_request"),
        Columns.octets(row, "registrar_request"),
        Columns.octets(row, "voucher"),
        Columns.optionalName(row, "assertion", Assertion.class),
        Columns.octets(row, "domain_id"));
  }

  static Fact.AuditLogReceived auditLog(DeviceId device, ResultSet row) throws SQLException {
    return new Fact.AuditLogReceived(
        device, Columns.instant(row, "happened_at"), Columns.optionalOctets(row, "body"), Columns.text(row, "unavailable"), judgement(row));
  }

  static Fact.Decision decision(DeviceId device, ResultSet row) throws SQLException {
    return new Fact.Decision(device, Columns.instant(row, "happened_at"), row.getBoolean("approved"), Columns.instant(row, "until"),
        row.getString("decided_by"), row.getString("reason"));
  }

  private static Optional<Judgement> judgement(ResultSet row) throws SQLException {
    Optional<Disposition> disposition = Columns.optionalName(row, "disposition", Disposition.class);
    return disposition.isEmpty()
        ? Optional.empty()
        : Optional.of(new Judgement(disposition.get(), row.getString("rule"), row.getString("why")));
  }

  static Fact.Telemetry telemetry(DeviceId device, ResultSet row) throws SQLException {
    return new Fact.Telemetry(
        device,
        Columns.instant(row, "happened_at"),
        Columns.name(row, "kind", Fact.Telemetry.Kind.class),
        row.getBoolean("went_well"),
        Columns.text(row, "reason"),
        Columns.octets(row, "body"));
  }

  private static void insertEvent(Update insertion, Fact.DeviceEvent event) {
    insertion
        .bind("kind", event.kind().name())
        .bind("state", event.state().map(DeviceState::name).orElse(null))
        .bind("session_id", event.session())
        .bind("reason", event.reason().orElse(null))
        .bind("detail", event.detail())
        .bind("idevid", bytes(event.idevid()))
        .bind("certificate", event.certificate().map(Columns::serial).orElse(null))
        .execute();
  }

  private static void insertExchange(Update insertion, Fact.VoucherExchange exchange) {
    insertion
        .bind("session_id", exchange.session())
        .bind("pledge_request", exchange.pledgeRequest().toArray())
        .bind("registrar_request", exchange.registrarRequest().toArray())
        .bind("voucher", exchange.voucher().toArray())
        .bind("assertion", exchange.assertion().map(Assertion::name).orElse(null))
        .bind("domain_id", exchange.domainId().toArray())
        .execute();
  }

  private static Update insertion(Handle handle, String sql, long deviceId, Fact fact) {
    return handle.createUpdate(sql).bind("device_id", deviceId).bind("happened_at", Columns.millis(fact.at()));
  }

  private static byte[] bytes(Optional<Octets> octets) {
    return octets.map(Octets::toArray).orElse(null);
  }
}
