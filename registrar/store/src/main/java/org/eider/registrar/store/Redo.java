package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.registrar.Journal.Head;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * What one transaction did: the rows as it left them, and between which entries of the journal. Its octets are a {@link Canonical}
 * encoding: number and hash of the entry before, number and hash of its last one, the number of rows, and for each row the table, the
 * number of values, and these.
 *
 * @param before where the journal ended before it
 * @param after where it ends with it
 */
record Redo(Head before, Head after, List<Row> rows) {
  private static final String PURPOSE = "eider.redo";
  private static final Map<String, Shape> SHAPES = Stream.of(
          Stream.of(DeviceRows.SHAPE, Chain.SHAPE, Table.CERTIFICATES.shape()), Table.FACTS.stream().map(Table::shape))
      .flatMap(shapes -> shapes).collect(Collectors.toUnmodifiableMap(Shape::table, shape -> shape));

  Redo {
    rows = List.copyOf(rows);
  }

  /**
   * A row as it stands.
   *
   * @param values of the first columns of its {@link Shape}; Long, String, Boolean, byte[] or null
   */
  record Row(Shape shape, List<Object> values) {
    /** Writes it into the database, once or again. */
    void into(Connection connection) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(shape.merge(values.size()))) {
        for (int i = 0; i < values.size(); i++) {
          statement.setObject(i + 1, values.get(i));
        }
        statement.executeUpdate();
      }
    }
  }

  byte[] encode() {
    Canonical encoding = Canonical.of(PURPOSE)
        .number(before.number()).octets(before.hash().toArray())
        .number(after.number()).octets(after.hash().toArray())
        .number(rows.size());
    for (Row row : rows) {
      encoding.text(row.shape().table()).number(row.values().size());
      row.values().forEach(encoding::value);
    }
    return encoding.encoding().toArray();
  }

  static Redo decode(byte[] octets) throws DecodeException {
    Canonical.Reader in = new Canonical.Reader(octets, PURPOSE);
    Head before = new Head(in.number(), Octets.of(in.octets()));
    Head after = new Head(in.number(), Octets.of(in.octets()));
    long count = in.number();
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(row(in));
    }
    in.end();
    return new Redo(before, after, rows);
  }

  private static Row row(Canonical.Reader in) throws DecodeException {
    String table = in.text();
    Shape shape = Optional.ofNullable(SHAPES.get(table))
        .orElseThrow(() -> new DecodeException(Flaw.UNEXPECTED, "", "a row of " + Shown.text(table)));
    long count = in.number();
    if (count < 1 || count > shape.columns().size()) {
      throw new DecodeException(Flaw.UNEXPECTED, "", count + " values of a row of " + table);
    }
    List<Object> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      values.add(in.value());
    }
    return new Row(shape, values);
  }
}
