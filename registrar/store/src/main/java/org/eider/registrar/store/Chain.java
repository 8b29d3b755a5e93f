package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Journal.Entry;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;
import org.eider.wire.Octets;

/**
 * The end of the journal, to which one transaction at a time adds its entries: whoever adds is alone until it has committed. Not
 * thread-safe; {@link Transactions} has the lock.
 */
final class Chain {
  /** The hash before the first entry. */
  static final Octets ORIGIN = Octets.of(new byte[32]);

  /** The journal's rows. */
  static final Shape SHAPE = new Shape("journal", List.of("number", "happened_at", "step", "session_id", "manufacturer", "serial_number",
      "reason", "detail", "row_table", "row_id", "content", "previous_hash", "hash"));

  private static final String INSERT = "INSERT INTO journal (" + String.join(", ", SHAPE.columns()) + ") VALUES ("
      + String.join(", ", Collections.nCopies(SHAPE.columns().size(), "?")) + ")";
  private static final String HEAD = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1";

  /** Empty when it is to be read from the database: at first, and after a commit of which nobody knows whether it took place. */
  private Optional<Head> head = Optional.empty();

  /** Adds the entries of the caller's transaction; where the journal will end when that is committed. */
  Head append(Writing writing) throws SQLException {
    Head end = end(writing.connection());
    try (PreparedStatement statement = writing.connection().prepareStatement(INSERT)) {
      for (Draft draft : writing.drafts()) {
        Entry entry = entry(end, draft);
        Object[] values = values(entry);
        statement.setLong(1, entry.number());
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 2, values[i]);
        }
        statement.executeUpdate();
        writing.left(SHAPE, entry.number(), values);
        end = new Head(entry.number(), entry.hash());
      }
    }
    return end;
  }

  /** Where the journal ends for the caller's transaction, before it has appended. */
  Head end(Connection connection) throws SQLException {
    return head.isPresent() ? head.get() : read(connection);
  }

  /** What {@link #append} returned is committed. */
  void committed(Head end) {
    head = Optional.of(end);
  }

  /** Nobody knows where the journal ends. */
  void forget() {
    head = Optional.empty();
  }

  /** Where the journal ends in the database. */
  static Head read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HEAD); ResultSet row = statement.executeQuery()) {
      return row.next() ? new Head(row.getLong("number"), Octets.of(row.getBytes("hash"))) : new Head(0, ORIGIN);
    }
  }

  /** The entry of that number; empty when there is none. */
  static Optional<Head> read(Connection connection, long number) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT number, hash FROM journal WHERE number = ?")) {
      statement.setLong(1, number);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(new Head(row.getLong("number"), Octets.of(row.getBytes("hash")))) : Optional.empty();
      }
    }
  }

  static Entry read(ResultSet row) throws SQLException {
    Optional<String> table = Columns.text(row, "row_table");
    Optional<String> id = Columns.text(row, "row_id");
    Optional<String> serialNumber = Columns.text(row, "serial_number");
    return new Entry(
        row.getLong("number"),
        Columns.instant(row, "happened_at"),
        Columns.name(row, "step", Step.class),
        Columns.text(row, "session_id"),
        Columns.text(row, "manufacturer").flatMap(manufacturer -> serialNumber.map(number -> new DeviceId(manufacturer, number))),
        Columns.text(row, "reason"),
        row.getString("detail"),
        table.flatMap(name -> id.map(number -> new RowName(name, number))),
        Columns.octets(row, "content"),
        Columns.octets(row, "previous_hash"),
        Columns.octets(row, "hash"));
  }

  /** The hash that an entry with those columns has to have. */
  static Octets hash(ResultSet row) throws SQLException {
    return Octets.of(Canonical.of("eider.journal.entry")
        .number(row.getLong("number"))
        .number(row.getLong("happened_at"))
        .value(row.getString("step"))
        .value(row.getString("session_id"))
        .value(row.getString("manufacturer"))
        .value(row.getString("serial_number"))
        .value(row.getString("reason"))
        .value(row.getString("detail"))
        .value(row.getString("row_table"))
        .value(row.getString("row_id"))
        .value(row.getBytes("content"))
        .value(row.getBytes("previous_hash"))
        .sha256());
  }

  private static Entry entry(Head before, Draft draft) {
    long number = before.number() + 1;
    byte[] hash = Canonical.of("eider.journal.entry")
        .number(number)
        .number(Columns.millis(draft.at()))
        .text(draft.step().name())
        .value(draft.session().orElse(null))
        .value(draft.device().map(DeviceId::manufacturer).orElse(null))
        .value(draft.device().map(DeviceId::serialNumber).orElse(null))
        .value(draft.reason().orElse(null))
        .text(draft.detail())
        .value(draft.row().map(RowName::table).orElse(null))
        .value(draft.row().map(RowName::id).orElse(null))
        .octets(draft.content())
        .octets(before.hash().toArray())
        .sha256();
    return new Entry(number, draft.at(), draft.step(), draft.session(), draft.device(), draft.reason(), draft.detail(), draft.row(),
        Octets.of(draft.content()), before.hash(), Octets.of(hash));
  }

  /** Of the columns behind the number. */
  private static Object[] values(Entry entry) {
    return new Object[] {Columns.millis(entry.at()), entry.step().name(), entry.session().orElse(null),
        entry.device().map(DeviceId::manufacturer).orElse(null), entry.device().map(DeviceId::serialNumber).orElse(null),
        entry.reason().orElse(null), entry.detail(), entry.row().map(RowName::table).orElse(null), entry.row().map(RowName::id).orElse(null),
        entry.content().toArray(), entry.previous().toArray(), entry.hash().toArray()};
  }
}
