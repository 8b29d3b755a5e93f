package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Lifecycle;
import org.eider.wire.Octets;

/** Checks that the row of every device is what its facts add up to, in the order in which the journal has them. */
final class Replay {
  private static final int PAGE = 100;
  private static final String DEVICES = "SELECT * FROM devices WHERE id > ? ORDER BY id LIMIT " + PAGE;
  private static final String ORDER = """
      SELECT d.id AS device_row, j.step, j.row_table, j.row_id
      FROM devices d JOIN journal j ON j.manufacturer = d.manufacturer AND j.serial_number = d.serial_number
      WHERE d.id BETWEEN ? AND ? AND j.row_table IS NOT NULL
      ORDER BY j.number
      """;

  private final Connection connection;
  private final Faults faults;

  Replay(Connection connection, Faults faults) {
    this.connection = connection;
    this.faults = faults;
  }

  void run() throws SQLException {
    for (long last = Long.MIN_VALUE; ; ) {
      Map<Long, Found> page = new HashMap<>();
      List<Long> ids = new ArrayList<>();
      Rows.each(connection, DEVICES, row -> {
        ids.add(row.getLong("id"));
        page.put(row.getLong("id"), new Found(device(row)));
      }, last);
      if (ids.isEmpty()) {
        break;
      }
      last = ids.get(ids.size() - 1);
      fold(page, ids.get(0), last);
      ids.forEach(id -> judge(id, page.get(id)));
    }
    for (Table table : Table.FACTS) {
      Rows.each(connection, "SELECT id FROM " + table.label() + " t WHERE NOT EXISTS (SELECT 1 FROM devices d WHERE d.id = t.device_id)",
          row -> faults.add(Fault.Kind.DEVICE_DIFFERS, "the device of row " + row.getLong(1) + " of " + table.label() + " is missing"));
    }
  }

  /** A device as its row says, and as its facts say so far. */
  private static final class Found {
    final Optional<Device> row;
    Optional<Device> replayed = Optional.empty();
    boolean adoptedLast;

    Found(Optional<Device> row) {
      this.row = row;
    }
  }

  /** A fact, and the row of its device. */
  private record Filed(long device, Fact fact) {}

  private void fold(Map<Long, Found> page, long first, long last) throws SQLException {
    Map<RowName, Filed> facts = new HashMap<>();
    for (Table table : Table.FACTS) {
      load(table, page, first, last, facts);
    }
    Rows.each(connection, ORDER, row -> {
      long id = row.getLong("device_row");
      Filed filed = facts.get(new RowName(row.getString("row_table"), row.getString("row_id")));
      if (filed != null && filed.device() == id) {
        Found found = page.get(id);
        found.replayed = Optional.of(Lifecycle.after(found.replayed, filed.fact()));
        found.adoptedLast = Step.ADOPTED.name().equals(row.getString("step"));
      }
    }, first, last);
  }

  private void load(Table table, Map<Long, Found> page, long first, long last, Map<RowName, Filed> facts) throws SQLException {
    String columns = table == Table.DEVICE_EVENTS || table == Table.DECISIONS ? "*" : "id, device_id, happened_at";
    Rows.each(connection, "SELECT " + columns + " FROM " + table.label() + " WHERE device_id BETWEEN ? AND ?", row -> {
      long device = row.getLong("device_id");
      Optional<DeviceId> id = Optional.ofNullable(page.get(device)).flatMap(found -> found.row).map(Device::id);
      if (id.isPresent()) {
        RowName name = new RowName(table.label(), row.getString("id"));
        fact(table, id.get(), row).ifPresent(fact -> facts.put(name, new Filed(device, fact)));
      }
    }, first, last);
  }

  private void judge(long id, Found found) {
    if (found.row.isEmpty() || !found.row.equals(found.replayed.map(device -> found.adoptedLast ? seenLike(device, found.row.get()) : device))) {
      String name = found.row.map(device -> " (" + Shown.text(device.id().toString()) + ")").orElse("");
      faults.add(Fault.Kind.DEVICE_DIFFERS, "row " + id + " of devices" + name + " is not what its facts add up to");
    }
  }

  /** Rows of before the journal do not tell in which order different kinds of facts came, only when; and clocks may have jumped. */
  private static Device seenLike(Device device, Device row) {
    return new Device(device.id(), device.state(), row.firstSeen(), row.lastSeen(), device.refusal(), device.idevid(), device.ldevid(),
        device.hold(), device.decision());
  }

  private static Optional<Device> device(ResultSet row) throws SQLException {
    try {
      return Optional.of(DeviceRows.read(row));
    } catch (SQLException e) {
      return unreadable(e);
    }
  }

  private static Optional<Fact> fact(Table table, DeviceId device, ResultSet row) throws SQLException {
    try {
      return Optional.of(switch (table) {
        case DEVICE_EVENTS -> FactRows.event(device, row);
        case DECISIONS -> FactRows.decision(device, row);
        // Of these, a device's row shows only that they came.
        case VOUCHER_EXCHANGES, AUDIT_LOGS, TELEMETRY, CERTIFICATES, EXPECTED_LISTS, MANUFACTURERS -> new Fact.Telemetry(
            device, Columns.instant(row, "happened_at"), Fact.Telemetry.Kind.VOUCHER, true, Optional.empty(), Octets.empty());
      });
    } catch (SQLException e) {
      return unreadable(e);
    }
  }

  /** A value that we never wrote: what it stands for is missing, and the difference tells. */
  private static <T> Optional<T> unreadable(SQLException e) throws SQLException {
    if (Rows.isFailure(e)) {
      throw e;
    }
    return Optional.empty();
  }
}
