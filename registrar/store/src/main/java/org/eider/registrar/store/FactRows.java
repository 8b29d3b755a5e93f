package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Disposition;
import org.eider.registrar.Fact;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Judgement;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/** One table per kind of fact; a fact is inserted and read, never changed. */
final class FactRows {
  private FactRows() {}

  /** Inserts a fact and its journal entry; {@code session} is that of the facts beside it. */
  static void insert(Writing writing, long deviceId, Fact fact, Optional<String> session) throws SQLException {
    Table table = table(fact);
    Object[] values = values(deviceId, Columns.millis(fact.at()), fact);
    String id = Long.toString(writing.insert(table, values));
    writing.entry(Draft.fact(fact, session, new RowName(table.label(), id), table.digest(id, values)));
  }

  private static Table table(Fact fact) {
    if (fact instanceof Fact.DeviceEvent) {
      return Table.DEVICE_EVENTS;
    } else if (fact instanceof Fact.VoucherExchange) {
      return Table.VOUCHER_EXCHANGES;
    } else if (fact instanceof Fact.AuditLogReceived) {
      return Table.AUDIT_LOGS;
    }
    return fact instanceof Fact.Telemetry ? Table.TELEMETRY : Table.DECISIONS;
  }

  /** In the order of the table's columns. */
  private static Object[] values(long device, long at, Fact fact) {
    if (fact instanceof Fact.DeviceEvent event) {
      return new Object[] {device, at, event.kind().name(), event.state().map(DeviceState::name).orElse(null), event.session(),
          event.reason().orElse(null), event.detail(), bytes(event.idevid()), event.certificate().map(Columns::serial).orElse(null)};
    } else if (fact instanceof Fact.VoucherExchange exchange) {
      return new Object[] {device, at, exchange.session(), exchange.pledgeRequest().toArray(), exchange.registrarRequest().toArray(),
          exchange.voucher().toArray(), exchange.assertion().map(Assertion::name).orElse(null), exchange.domainId().toArray()};
    } else if (fact instanceof Fact.AuditLogReceived log) {
      return new Object[] {device, at, bytes(log.body()), log.unavailable().orElse(null),
          log.judgement().map(judgement -> judgement.disposition().name()).orElse(null),
          log.judgement().map(Judgement::rule).orElse(null), log.judgement().map(Judgement::why).orElse(null)};
    } else if (fact instanceof Fact.Telemetry telemetry) {
      return new Object[] {device, at, telemetry.kind().name(), telemetry.status(), telemetry.reason().orElse(null),
          telemetry.body().toArray()};
    } else if (fact instanceof Fact.Decision decision) {
      return new Object[] {device, at, decision.approved(), Columns.millis(decision.until()), decision.by(), decision.reason()};
    }
    throw new IllegalArgumentException("no table for " + fact.getClass().getSimpleName());
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

  private static byte[] bytes(Optional<Octets> octets) {
    return octets.map(Octets::toArray).orElse(null);
  }
}
