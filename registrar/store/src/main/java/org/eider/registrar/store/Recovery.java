package org.eider.registrar.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.eider.registrar.Journal.Head;
import org.eider.wire.DecodeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a database to where its redo log says it was, and its file with it. */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);

  private Recovery() {}

  /**
   * Writes again what the database does not have; the log is empty afterwards.
   *
   * @throws StoreUnavailable when the log does not go on where the database's journal ends, or holds what is no record of ours; the log
   *     and the database are as they were then
   */
  static void run(Connection connection, RedoLog log, H2File file) throws SQLException, IOException, StoreUnavailable {
    try {
      int done = redo(connection, log);
      save(connection);
      log.cut(0);
      if (done > 0) {
        LOG.info("the store was not closed: {} transactions were taken from its log", done);
      }
    } catch (DecodeException e) {
      throw file.unfit("it holds what is no record: " + e.getMessage(), e);
    }
  }

  /** Has everything written to the database's file, and that forced. */
  static void save(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }

  private static int redo(Connection connection, RedoLog log) throws SQLException, IOException, DecodeException {
    connection.setAutoCommit(false);
    Set<Shape> written = new HashSet<>();
    int done = 0;
    boolean whole = false;
    try {
      Head end = Chain.read(connection);
      for (Redo redo : log.read()) {
        if (redo.after().number() > end.number()) {
          require(redo.before().equals(end), redo, end);
          for (Redo.Row row : redo.rows()) {
            row.into(connection);
            written.add(row.shape());
          }
          end = redo.after();
          done++;
        }
      }
      connection.commit();
      whole = true;
    } finally {
      if (!whole) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
    for (Shape shape : written) {
      goOnCounting(connection, shape);
    }
    return done;
  }

  private static void require(boolean fits, Redo redo, Head end) throws DecodeException {
    if (!fits) {
      throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "", "its entry " + redo.after().number()
          + " does not follow entry " + end.number() + ", the store's last");
    }
  }

  /** The database has not made up the keys that it was given. */
  private static void goOnCounting(Connection connection, Shape shape) throws SQLException {
    if (shape.isNumbered()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ALTER TABLE " + shape.table() + " ALTER COLUMN id RESTART WITH (SELECT max(id) + 1 FROM " + shape.table() + ")");
      }
    }
  }
}
