package org.eider.registrar.store;

import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.SingleFileStore;

/**
 * Connections to one opening of a database. H2 closes a database whose file it could not write, and opens it again, as the file is,
 * with the next connection: what was committed and not yet forced would be gone, and forcing it would succeed. So connections to
 * another opening than the first one's are refused.
 *
 * <p>Nobody but us saves it, not even at the end of the process.
 */
final class OneDatabase implements DataSource {
  private final DataSource source;
  private final AtomicReference<Optional<Database>> first = new AtomicReference<>(Optional.empty());

  OneDatabase(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = source.getConnection();
    Database opened = opening(connection);
    if (first.compareAndSet(Optional.empty(), Optional.of(opened))) {
      leaveAloneAtExit(opened);
    }
    if (first.get().filter(known -> known == opened).isEmpty()) {
      connection.close();
      throw new SQLException("the database was closed because its file could not be used", "90098", ErrorCode.DATABASE_IS_CLOSED);
    }
    return connection;
  }

  /**
   * H2 saves what is open when the virtual machine begins to end, by a thread of its own, also where it is told not to close it
   * (DB_CLOSE_ON_EXIT): in the middle of whatever transaction others are in then.
   */
  private static void leaveAloneAtExit(Database database) throws SQLException {
    try {
      Method unregister = Class.forName("org.h2.engine.OnExitDatabaseCloser").getDeclaredMethod("unregister", Database.class);
      unregister.setAccessible(true);
      unregister.invoke(null, database);
    } catch (ReflectiveOperationException e) {
      throw new SQLException("this version of H2 cannot be kept from saving at exit", e);
    }
  }

  /** The file as it is now, which nobody is writing to; H2 does not use freed space again until that is closed. */
  static StillFile still(Connection connection, BooleanSupplier isUnwanted) throws SQLException {
    if (store(connection).getFileStore() instanceof SingleFileStore file) {
      return StillFile.of(file, isUnwanted);
    }
    throw new SQLFeatureNotSupportedException("not a database in one file");
  }

  /** Whether half of what lets H2 save by itself is changed and not saved; a small heap lets it save sooner. */
  static boolean hasMuchUnsaved(Connection connection) throws SQLException {
    MVStore store = store(connection);
    return store.getUnsavedMemory() > store.getAutoCommitMemory() / 2;
  }

  private static MVStore store(Connection connection) throws SQLException {
    return opening(connection).getStore().getMvStore();
  }

  private static Database opening(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      return session.getDatabase();
    }
    throw new SQLFeatureNotSupportedException("not a database in this process");
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is fixed");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("there is none");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return source.isWrapperFor(type);
  }
}
