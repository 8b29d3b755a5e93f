package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** A transaction that writes: the database, and what its journal entries will be. */
final class Writing {
  private final Handle handle;
  private final List<Draft> drafts = new ArrayList<>();
  private final List<Redo.Row> rows = new ArrayList<>();

  Writing(Handle handle) {
    this.handle = handle;
  }

  /** What is written in a transaction; it may run more than once. */
  @FunctionalInterface
  interface Work<T> {
    T in(Writing writing) throws SQLException;
  }

  Handle handle() {
    return handle;
  }

  Connection connection() {
    return handle.getConnection();
  }

  /** Inserts a row; its number. */
  long insert(Table table, Object... values) throws SQLException {
    long id = table.insert(connection(), values);
    left(table.shape(), id, values);
    return id;
  }

  /** Inserts a row unless there is one that it may not stand beside. */
  OptionalLong insertIfNew(Table table, Object... values) throws SQLException {
    OptionalLong id = table.insertIfNew(connection(), values);
    id.ifPresent(number -> left(table.shape(), number, values));
    return id;
  }

  /**
   * Notes how this transaction leaves a row, so that it can be written again; the last note of a row counts.
   *
   * @param values of the columns behind the key
   */
  void left(Shape shape, long key, Object... values) {
    List<Object> row = new ArrayList<>(values.length + 1);
    row.add(key);
    row.addAll(Arrays.asList(values));
    rows.add(new Redo.Row(shape, row));
  }

  /** The rows that were noted, in the order of the notes. */
  List<Redo.Row> rows() {
    return rows;
  }

  /** Has an entry written when everything else is. */
  void entry(Draft draft) {
    drafts.add(draft);
  }

  List<Draft> drafts() {
    return drafts;
  }
}
