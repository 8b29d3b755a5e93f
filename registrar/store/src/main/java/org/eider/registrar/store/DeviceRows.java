package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Hold;
import org.eider.registrar.Lifecycle;
import org.eider.wire.Octets;

/** Rows of {@code devices} under change: nobody else writes meanwhile, see {@link Transactions}. */
final class DeviceRows {
  /** The rows. */
  static final Shape SHAPE = new Shape("devices", List.of("id", "manufacturer", "serial_number", "state", "first_seen", "last_seen",
      "refusal", "idevid", "ldevid", "hold_since", "hold_rule", "hold_why", "decided_at", "approved", "decided_until", "decided_by",
      "decision_reason"));

  private static final List<String> VALUES = SHAPE.columns().subList(1, SHAPE.columns().size());
  private static final String ONE = "SELECT * FROM devices WHERE manufacturer = ? AND serial_number = ?";
  private static final String INSERT = "INSERT INTO devices (" + String.join(", ", VALUES) + ") VALUES ("
      + String.join(", ", Collections.nCopies(VALUES.size(), "?")) + ") ON CONFLICT DO NOTHING";
  private static final String UPDATE = "UPDATE devices SET " + String.join(" = ?, ", VALUES) + " = ? WHERE id = ?";

  private DeviceRows() {}

  /**
   * A device's row, and what it is to become.
   *
   * @param isWritten whether the row says so already
   */
  record Changed(long id, Device device, boolean isWritten) {
    Changed after(Fact fact) {
      return new Changed(id, Lifecycle.after(Optional.of(device), fact), false);
    }
  }

  /** The row after {@code fact}, made when it is the device's first. Two who make it at once: the second finds the first's. */
  static Changed after(Writing writing, Fact fact) throws SQLException {
    Optional<Changed> known = find(writing.connection(), fact.device());
    if (known.isPresent()) {
      return known.get().after(fact);
    }
    int made = execute(writing.connection(), INSERT, values(Lifecycle.after(Optional.empty(), fact)));
    Changed row = find(writing.connection(), fact.device()).orElseThrow();
    writing.left(SHAPE, row.id(), values(row.device()));
    return made == 1 ? row : row.after(fact);
  }

  /** Writes what the device has become. */
  static void write(Writing writing, Changed row) throws SQLException {
    if (!row.isWritten()) {
      Object[] values = values(row.device());
      Object[] arguments = Arrays.copyOf(values, values.length + 1);
      arguments[values.length] = row.id();
      execute(writing.connection(), UPDATE, arguments);
      writing.left(SHAPE, row.id(), values);
    }
  }

  static Device read(ResultSet row) throws SQLException {
    DeviceId id = new DeviceId(row.getString("manufacturer"), row.getString("serial_number"));
    return new Device(
        id,
        Columns.name(row, "state", DeviceState.class),
        Columns.instant(row, "first_seen"),
        Columns.instant(row, "last_seen"),
        Columns.text(row, "refusal"),
        Columns.optionalOctets(row, "idevid"),
        Columns.serial(row, "ldevid"),
        hold(row),
        decision(id, row));
  }

  private static Optional<Hold> hold(ResultSet row) throws SQLException {
    Optional<String> rule = Columns.text(row, "hold_rule");
    return rule.isEmpty()
        ? Optional.empty()
        : Optional.of(new Hold(Columns.instant(row, "hold_since"), rule.get(), row.getString("hold_why")));
  }

  private static Optional<Fact.Decision> decision(DeviceId id, ResultSet row) throws SQLException {
    Optional<String> by = Columns.text(row, "decided_by");
    return by.isEmpty()
        ? Optional.empty()
        : Optional.of(new Fact.Decision(id, Columns.instant(row, "decided_at"), row.getBoolean("approved"),
            Columns.instant(row, "decided_until"), by.get(), row.getString("decision_reason")));
  }

  private static Optional<Changed> find(Connection connection, DeviceId id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ONE)) {
      statement.setString(1, id.manufacturer());
      statement.setString(2, id.serialNumber());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(new Changed(row.getLong("id"), read(row), true)) : Optional.empty();
      }
    }
  }

  private static int execute(Connection connection, String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      return statement.executeUpdate();
    }
  }

  /** Of the columns behind the id. */
  private static Object[] values(Device device) {
    return new Object[] {
        device.id().manufacturer(), device.id().serialNumber(), device.state().name(), Columns.millis(device.firstSeen()),
        Columns.millis(device.lastSeen()), device.refusal().orElse(null), device.idevid().map(Octets::toArray).orElse(null),
        device.ldevid().map(Columns::serial).orElse(null), device.hold().map(Hold::since).map(Columns::millis).orElse(null),
        device.hold().map(Hold::rule).orElse(null), device.hold().map(Hold::why).orElse(null),
        device.decision().map(Fact.Decision::at).map(Columns::millis).orElse(null),
        device.decision().map(Fact.Decision::approved).orElse(null),
        device.decision().map(Fact.Decision::until).map(Columns::millis).orElse(null), device.decision().map(Fact.Decision::by).orElse(null),
        device.decision().map(Fact.Decision::reason).orElse(null)};
  }
}
