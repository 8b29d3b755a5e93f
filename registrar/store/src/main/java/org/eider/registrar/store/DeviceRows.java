package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Hold;
import org.eider.registrar.Lifecycle;
import org.eider.wire.Octets;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Rows of {@code devices} under change: nobody else writes meanwhile, see {@link Transactions}. */
final class DeviceRows {
  private static final String ONE = "SELECT * FROM devices WHERE manufacturer = :manufacturer AND serial_number = :serial_number";
  private static final String INSERT = """
      INSERT INTO devices (manufacturer, serial_number, state, first_seen, last_seen, refusal, idevid, ldevid, hold_since, hold_rule, hold_why, decided_at, approved, decided_until,
        decided_by, decision_reason)
      VALUES (:manufacturer, :serial_number, :state, :first_seen, :last_seen, :refusal, :idevid, :ldevid, :hold_since, :hold_rule, :hold_why, :decided_at, :approved,
        :decided_until, :decided_by, :decision_reason)
      ON CONFLICT DO NOTHING
      """;
  private static final String UPDATE = """
      UPDATE devices
      SET state = :state, first_seen = :first_seen, last_seen = :last_seen, refusal = :refusal, idevid = :idevid, ldevid = :ldevid,
        hold_since = :hold_since, hold_rule = :hold_rule, hold_why = :hold_why, decided_at = :decided_at, approved = :approved,
        decided_until = :decided_until, decided_by = :decided_by, decision_reason = :decision_reason
      WHERE manufacturer = :manufacturer AND serial_number = :serial_number
      """;

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
  static Changed after(Handle handle, Fact fact) {
    Optional<Changed> known = find(handle, fact.device());
    if (known.isPresent()) {
      return known.get().after(fact);
    }
    int made = bound(handle.createUpdate(INSERT), Lifecycle.after(Optional.empty(), fact)).execute();
    Changed row = find(handle, fact.device()).orElseThrow();
    return made == 1 ? row : row.after(fact);
  }

  /** Writes what the device has become. */
  static void write(Handle handle, Changed row) {
    if (!row.isWritten()) {
      bound(handle.createUpdate(UPDATE), row.device()).execute();
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

  private static Optional<Changed> find(Handle handle, DeviceId id) {
    return handle.createQuery(ONE)
        .bind("manufacturer", id.manufacturer())
        .bind("serial_number", id.serialNumber())
        .map((row, context) -> new Changed(row.getLong("id"), read(row), true))
        .findOne();
  }

  private static <S extends SqlStatement<S>> S bound(S statement, Device device) {
    return statement
        .bind("manufacturer", device.id().manufacturer())
        .bind("serial_number", device.id().serialNumber())
        .bind("state", device.state().name())
        .bind("first_seen", Columns.millis(device.firstSeen()))
        .bind("last_seen", Columns.millis(device.lastSeen()))
        .bind("refusal", device.refusal().orElse(null))
        .bind("idevid", device.idevid().map(Octets::toArray).orElse(null))
        .bind("ldevid", device.ldevid().map(Columns::serial).orElse(null))
        .bind("hold_since", device.hold().map(Hold::since).map(Columns::millis).orElse(null))
        .bind("hold_rule", device.hold().map(Hold::rule).orElse(null))
        .bind("hold_why", device.hold().map(Hold::why).orElse(null))
        .bind("decided_at", device.decision().map(Fact.Decision::at).map(Columns::millis).orElse(null))
        .bind("approved", device.decision().map(Fact.Decision::approved).orElse(null))
        .bind("decided_until", device.decision().map(Fact.Decision::until).map(Columns::millis).orElse(null))
        .bind("decided_by", device.decision().map(Fact.Decision::by).orElse(null))
        .bind("decision_reason", device.decision().map(Fact.Decision::reason).orElse(null));
  }
}
