package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The tables whose rows the journal speaks of, and what of a row its entry's digest covers: every column that is not null, by name. So a
 * column that a later version adds changes no digest of the rows that were there.
 */
enum Table {
  DEVICE_EVENTS("device_id:N", "happened_at:N", "kind:T", "state:T", "session_id:T", "reason:T", "detail:T", "idevid:O", "certificate:T"),
  VOUCHER_EXCHANGES("device_id:N", "happened_at:N", "session_id:T", "pledge_request:O", "registrar_request:O", "voucher:O", "assertion:T",
      "domain_id:O"),
  AUDIT_LOGS("device_id:N", "happened_at:N", "body:O", "unavailable:T", "disposition:T", "rule:T", "why:T"),
  TELEMETRY("device_id:N", "happened_at:N", "kind:T", "went_well:B", "reason:T", "body:O"),
  DECISIONS("device_id:N", "happened_at:N", "approved:B", "until:N", "decided_by:T", "reason:T"),
  CERTIFICATES("serial:T", "certificate:O", "purpose:T", "signed_at:N", "not_after:N", "device_manufacturer:T", "device_serial_number:T"),
  EXPECTED_LISTS("manufacturer:T", "listed_at:N"),
  MANUFACTURERS("idevid_anchors:T", "masa:T", "allowed_masa_hosts:T", "masa_tls_anchors:T", "voucher_anchors:T", "admission:T",
      "serial_numbers:T", "ignore_idevid_validity:B", "audit_policy:T", "released_domains:T", "sid_revision:T");

  /** The tables of facts: each row belongs to a device. */
  static final List<Table> FACTS = List.of(DEVICE_EVENTS, VOUCHER_EXCHANGES, AUDIT_LOGS, TELEMETRY, DECISIONS);

  private final List<Column> columns;
  private final String insert;

  Table(String... columns) {
    this.columns = Arrays.stream(columns).map(Column::of).toList();
    this.insert = "INSERT INTO " + label() + " (" + String.join(", ", this.columns.stream().map(Column::name).toList()) + ") VALUES ("
        + String.join(", ", Collections.nCopies(columns.length, "?")) + ")";
  }

  /** The table of that name. */
  static Optional<Table> named(String label) {
    return Arrays.stream(values()).filter(table -> table.label().equals(label)).findFirst();
  }

  /** Its name in the database. */
  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The whole row, of a table whose rows are numbered. */
  Shape shape() {
    return new Shape(label(), Stream.concat(Stream.of(key()), columns.stream().map(Column::name)).toList());
  }

  /** What its rows are named by. */
  String key() {
    return this == MANUFACTURERS ? "name" : "id";
  }

  /** Inserts a row whose values are in the order of the columns; its number. */
  long insert(Connection connection, Object... values) throws SQLException {
    return insert(connection, insert, values).orElseThrow(() -> new SQLException("no row of " + label() + " was inserted"));
  }

  /** Inserts a row unless there is one that it may not stand beside. */
  OptionalLong insertIfNew(Connection connection, Object... values) throws SQLException {
    return insert(connection, insert + " ON CONFLICT DO NOTHING", values);
  }

  /** The digest of a row with those values, in the order of the columns. */
  byte[] digest(String id, Object... values) {
    return encoding(id, values).sha256();
  }

  /** The digest of the row that {@code row} stands on. */
  byte[] digest(ResultSet row) throws SQLException {
    return encoding(row).sha256();
  }

  /** What the digest of that row is made of. */
  Canonical encoding(ResultSet row) throws SQLException {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).value(row);
    }
    return encoding(row.getString(key()), values);
  }

  Canonical encoding(String id, Object... values) {
    Canonical encoding = Canonical.of("eider.row").text(label()).text(id);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        encoding.text(columns.get(i).name()).value(values[i]);
      }
    }
    return encoding;
  }

  private static OptionalLong insert(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      if (statement.executeUpdate() == 0) {
        return OptionalLong.empty();
      }
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        return OptionalLong.of(keys.getLong("id"));
      }
    }
  }

  private record Column(String name, char type) {
    static Column of(String text) {
      int colon = text.indexOf(':');
      return new Column(text.substring(0, colon), text.charAt(colon + 1));
    }

    Object value(ResultSet row) throws SQLException {
      Object value = switch (type) {
        case 'N' -> (Object) row.getLong(name);
        case 'B' -> (Object) row.getBoolean(name);
        case 'O' -> row.getBytes(name);
        default -> row.getString(name);
      };
      return row.wasNull() ? null : value;
    }
  }
}
