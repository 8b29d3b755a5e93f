package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceLedger;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Hold;
import org.eider.registrar.Journal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Devices, and one table for each kind of fact. */
final class SqlDeviceLedger implements DeviceLedger {
  private static final String ONE = "SELECT * FROM devices WHERE manufacturer = :manufacturer AND serial_number = :serial_number";
  private static final String BY_SERIAL_NUMBER = """
      SELECT * FROM devices WHERE serial_number = :serial_number ORDER BY serial_number, manufacturer
      """;
  private static final String FROM_THE_START = """
      SELECT * FROM devices ORDER BY manufacturer, serial_number LIMIT :limit
      """;
  private static final String MORE_OF_A_MANUFACTURER = """
      SELECT * FROM devices WHERE manufacturer = :manufacturer AND serial_number > :serial_number
      ORDER BY manufacturer, serial_number LIMIT :limit
      """;
  private static final String LATER_MANUFACTURERS = """
      SELECT * FROM devices WHERE manufacturer > :manufacturer ORDER BY manufacturer, serial_number LIMIT :limit
      """;
  private static final String CENSUS = "SELECT state, count(*) AS devices FROM devices GROUP BY state";
  private static final String HELD = """
      SELECT * FROM devices WHERE hold_since IS NOT NULL AND (hold_rule = :masa_pending) = :masa ORDER BY hold_since, id LIMIT :limit
      """;
  private static final String HELD_OF = """
      SELECT count(*) FROM devices WHERE hold_since IS NOT NULL AND manufacturer = :manufacturer AND (hold_rule = :masa_pending) = :masa
      """;
  /** Ordered by the whole index, so that the newest rows are found without reading the others. */
  private static final String NEWEST_FACTS = """
      SELECT * FROM <table>
      WHERE device_id = (SELECT id FROM devices WHERE manufacturer = :manufacturer AND serial_number = :serial_number)
      ORDER BY device_id DESC, id DESC LIMIT :limit
      """;

  private final Transactions transactions;

  SqlDeviceLedger(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void append(List<? extends Fact> facts) {
    List<Fact> all = List.copyOf(facts);
    if (!all.isEmpty()) {
      transactions.log(Journal.Step.of(all), "record facts", writing -> appendIn(writing, all));
    }
  }

  /** Nobody else writes meanwhile, see {@link Transactions}. */
  @Override
  public boolean append(List<? extends Fact> facts, DeviceId device, Predicate<Optional<Device>> still) {
    List<Fact> all = List.copyOf(facts);
    if (all.isEmpty()) {
      return still.test(device(device));
    }
    return transactions.log(Journal.Step.of(all), "record facts", writing -> {
      boolean asJudged = still.test(one(writing.handle(), device));
      if (asJudged) {
        appendIn(writing, all);
      }
      return asJudged;
    });
  }

  @Override
  public Optional<Device> device(DeviceId id) {
    return transactions.read("find a device", handle -> one(handle, id));
  }

  @Override
  public List<Device> devices(String serialNumber) {
    return transactions.read("find devices",
        handle -> handle.createQuery(BY_SERIAL_NUMBER).bind("serial_number", serialNumber).map((row, c) -> DeviceRows.read(row)).list());
  }

  @Override
  public List<Device> devices(Optional<DeviceId> after, int limit) {
    return transactions.read("list devices", handle -> after
        .map(id -> pageAfter(handle, id, limit))
        .orElseGet(() -> page(handle.createQuery(FROM_THE_START), limit)));
  }

  @Override
  public List<Device> held(int limit) {
    return transactions.read("list held devices", handle -> {
      List<Device> held = new ArrayList<>(page(whom(handle.createQuery(HELD), Hold.For.OPERATOR), limit));
      if (held.size() < limit) {
        held.addAll(page(whom(handle.createQuery(HELD), Hold.For.MASA), limit - held.size()));
      }
      return List.copyOf(held);
    });
  }

  @Override
  public long heldOf(String manufacturer, Hold.For whom) {
    return transactions.read("count held devices",
        handle -> whom(handle.createQuery(HELD_OF), whom).bind("manufacturer", manufacturer).mapTo(Long.class).one());
  }

  @Override
  public Map<DeviceState, Long> census() {
    return transactions.read("count devices", handle -> handle.createQuery(CENSUS)
        .map((row, c) -> Map.entry(Columns.name(row, "state", DeviceState.class), row.getLong("devices")))
        .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public List<Fact.Decision> decisions(DeviceId id, int limit) {
    return newest("decisions", id, limit, FactRows::decision);
  }

  @Override
  public List<Fact.DeviceEvent> history(DeviceId id, int limit) {
    return newest("device_events", id, limit, FactRows::event);
  }

  @Override
  public List<Fact.VoucherExchange> vouchers(DeviceId id, int limit) {
    return newest("voucher_exchanges", id, limit, FactRows::exchange);
  }

  @Override
  public List<Fact.AuditLogReceived> auditLogs(DeviceId id, int limit) {
    return newest("audit_logs", id, limit, FactRows::auditLog);
  }

  @Override
  public List<Fact.Telemetry> telemetry(DeviceId id, int limit) {
    return newest("telemetry", id, limit, FactRows::telemetry);
  }

  static int appendIn(Writing writing, List<? extends Fact> facts) throws SQLException {
    Map<DeviceId, DeviceRows.Changed> rows = new HashMap<>();
    for (Fact fact : facts) {
      DeviceRows.Changed row = rows.get(fact.device());
      rows.put(fact.device(), row == null ? DeviceRows.after(writing, fact) : row.after(fact));
    }
    Map<DeviceId, Optional<String>> sessions = new HashMap<>();
    facts.forEach(fact -> sessions.merge(fact.device(), Draft.sessionOf(fact), (first, other) -> first.isPresent() ? first : other));
    for (Fact fact : facts) {
      FactRows.insert(writing, rows.get(fact.device()).id(), fact, sessions.get(fact.device()));
    }
    for (DeviceRows.Changed row : rows.values()) {
      DeviceRows.write(writing, row);
    }
    return facts.size();
  }

  static Optional<Device> one(Handle handle, DeviceId id) {
    return named(handle.createQuery(ONE), id).map((row, c) -> DeviceRows.read(row)).findOne();
  }

  private static List<Device> pageAfter(Handle handle, DeviceId after, int limit) {
    List<Device> devices = new ArrayList<>(page(named(handle.createQuery(MORE_OF_A_MANUFACTURER), after), limit));
    if (devices.size() < limit) {
      Query later = handle.createQuery(LATER_MANUFACTURERS).bind("manufacturer", after.manufacturer());
      devices.addAll(page(later, limit - devices.size()));
    }
    return List.copyOf(devices);
  }

  private static List<Device> page(Query query, int limit) {
    return query.bind("limit", limit).map((row, c) -> DeviceRows.read(row)).list();
  }

  private static Query named(Query query, DeviceId id) {
    return query.bind("manufacturer", id.manufacturer()).bind("serial_number", id.serialNumber());
  }

  private static Query whom(Query query, Hold.For whom) {
    return query.bind("masa_pending", Hold.MASA_PENDING).bind("masa", whom == Hold.For.MASA);
  }

  private <F extends Fact> List<F> newest(String table, DeviceId id, int limit, Reading<F> reading) {
    return transactions.read("read " + table, handle -> named(handle.createQuery(NEWEST_FACTS.replace("<table>", table)), id)
        .bind("limit", limit)
        .map((row, c) -> reading.read(id, row))
        .list());
  }

  @FunctionalInterface
  private interface Reading<F> {
    F read(DeviceId device, ResultSet row) throws SQLException;
  }
}
