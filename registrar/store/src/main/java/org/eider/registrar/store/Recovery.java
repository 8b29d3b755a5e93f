package org.eider.registrar.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
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
      Optional<Path> rest = log.keepRest();
      log.cut(0);
      rest.ifPresent(kept -> LOG.warn("the end of the store's log was no record, as after a crash, or damaged; it is kept as {}", kept));
      if (done > 0) {
        LOG.info("the store was not closed: {} transactions were taken from its log", done);
      }
    } catch (DecodeException e) {
      throw file.unfit(e.getMessage(), e);
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
      Optional<Head> known = Optional.empty();
      for (Optional<Redo> next = log.next(); next.isPresent(); next = log.next()) {
        Redo redo = next.get();
        redo.rows().forEach(row -> written.add(row.shape())); // of those that are there, too: a recovery may have ended here
        if (redo.after().number() <= end.number()) {
          known = Optional.of(redo.after());
        } else {
          requireKnown(connection, known);
          known = Optional.empty();
          require(redo.before().equals(end), redo, end);
          for (Redo.Row row : redo.rows()) {
            row.into(connection);
          }
          end = redo.after();
          done++;
        }
      }
      requireKnown(connection, known);
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

  /** What the database has of the log is the same there. */
  private static void requireKnown(Connection connection, Optional<Head> known) throws SQLException, DecodeException {
    if (known.isPresent() && !Chain.read(connection, known.get().number()).equals(known)) {
      throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "", "its entry " + known.get().number() + " is another one in the store");
    }
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
