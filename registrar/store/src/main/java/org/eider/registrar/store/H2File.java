package org.eider.registrar.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;

/**
 * The H2 database file {@code store/eider.mv.db} of a data folder: nobody but its owner can read it, and one process at a time has it.
 *
 * <p>It is opened by H2's {@code async} file system, because the default one closes the file under everybody when a thread that
 * happens to write is interrupted.
 */
final class H2File {
  private static final String FOLDER = "store";
  private static final String DATABASE = "eider";
  /** Guards nothing, the file's permissions do; H2 wants one. */
  private static final String USER = "eider";
  /**
   * Milliseconds until H2 saves its file unasked, by a thread of its own: 24 days, and it is asked sooner. The thread looks after the file
   * every eight days, whatever transaction is half done then, and finds nothing to do with a fill rate of 0.
   */
  private static final int NEVER = Integer.MAX_VALUE;
  private static final String SETTINGS = String.join(";",
      "", "MODE=PostgreSQL", "DATABASE_TO_LOWER=TRUE", "DB_CLOSE_ON_EXIT=FALSE", "WRITE_DELAY=" + NEVER, "AUTO_COMPACT_FILL_RATE=0", "LOCK_TIMEOUT=3000",
      "TRACE_LEVEL_FILE=0", "QUERY_CACHE_SIZE=64");

  /** A file this small may be one whose first start was cut off before there were tables. */
  private static final long EMPTY_AT_MOST = 256 << 10;
  private static final String NO_TIDYING = ";MAX_COMPACT_TIME=0";

  private final Path folder;
  private final String settings;

  private H2File(StoreConfig config) {
    this.folder = config.dataFolder().toAbsolutePath().normalize().resolve(FOLDER);
    this.settings = config.tidyOnClose() ? SETTINGS : SETTINGS + NO_TIDYING;
  }

  /** Makes the folders where they are missing and closes them to others. */
  static H2File of(StoreConfig config) throws StoreUnavailable {
    H2File file = new H2File(config);
    if (file.folder.toString().indexOf(';') >= 0) {
      throw new StoreUnavailable("the data folder " + config.dataFolder() + " has a semicolon in its path", "choose another data folder");
    }
    try {
      Files.createDirectories(file.folder);
      restrict(file.folder, "rwx------");
      file.restrictDatabase();
    } catch (AccessDeniedException e) {
      throw file.denied(e);
    } catch (FileAlreadyExistsException e) {
      throw new StoreUnavailable(e.getFile() + " is a file where the store needs a folder",
          "move it away, or choose another data folder", e);
    } catch (IOException e) {
      throw new StoreUnavailable("the store's folder " + file.folder + " cannot be made: " + e.getMessage(),
          "check the data folder and the disk it is on", e);
    }
    return file;
  }

  /** The database, by whoever makes connections to it. */
  JdbcDataSource source() {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:async:" + folder.resolve(DATABASE).toString().replace('\\', '/') + settings);
    source.setUser(USER);
    source.setPassword(USER);
    return source;
  }

  /** The first connection, which opens the file, and makes it when there is none. */
  Connection connect() throws StoreUnavailable {
    return connect(source());
  }

  /** The same, by way of {@code source}. */
  Connection connect(DataSource source) throws StoreUnavailable {
    if (!(isOurs(folder) && Files.isExecutable(folder)) || Files.exists(path()) && !isOurs(path())) {
      throw denied(new AccessDeniedException(path().toString()));
    }
    try {
      return restricted(source.getConnection());
    } catch (SQLException e) {
      throw unavailable(e);
    } catch (IOException e) {
      throw denied(e);
    }
  }

  private Connection restricted(Connection connection) throws IOException, SQLException {
    try {
      restrictDatabase();
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /** The log beside it. */
  RedoLog log() throws IOException {
    Path log = folder.resolve(RedoLog.NAME);
    if (Files.exists(log)) {
      restrict(log, "rw-------");
    }
    return RedoLog.open(folder);
  }

  /** The log is not that of this database. */
  StoreUnavailable unfit(String why, Exception cause) {
    return new StoreUnavailable("the store's log " + folder.resolve(RedoLog.NAME) + " does not belong to " + path() + ": " + why,
        "was one of them replaced? restore the data folder from a backup; keep both files", cause);
  }

  StoreUnavailable unusableLog(IOException e) {
    return new StoreUnavailable("the store's log " + folder.resolve(RedoLog.NAME) + " cannot be used: " + e.getMessage(),
        "run as the owner of the data folder, and check the disk that it is on", e);
  }

  /** What went wrong with the file, for people. */
  StoreUnavailable unavailable(SQLException e) {
    return switch (e.getErrorCode()) {
      case ErrorCode.DATABASE_ALREADY_OPEN_1 -> new StoreUnavailable("the store " + path() + " is in use",
          "is a registrar running on this data folder? one process at a time can have it", e);
      case ErrorCode.WRONG_USER_OR_PASSWORD -> new StoreUnavailable(path() + " is a database, but not one of this program",
          "move it away, or choose another data folder", e);
      case ErrorCode.DATABASE_IS_READ_ONLY -> denied(e);
      default -> new StoreUnavailable("the store " + path() + " cannot be read: it is damaged, or not a store (" + firstLine(e) + ")",
          "restore the data folder from a backup; keep the damaged file", e);
    };
  }

  Path path() {
    return folder.resolve(DATABASE + ".mv.db");
  }

  /** Whether the file has ever been written to: more than the tables take is in it. */
  boolean holdsData() throws StoreUnavailable {
    try {
      return Files.exists(path()) && Files.size(path()) > EMPTY_AT_MOST;
    } catch (IOException e) {
      throw denied(e);
    }
  }

  /** It could be opened, and H2 found nothing of what must be in it. */
  StoreUnavailable emptied() {
    return new StoreUnavailable("the store " + path() + " is damaged: it holds no tables any more",
        "restore the data folder from a backup; keep the damaged file");
  }

  private static boolean isOurs(Path path) {
    return Files.isReadable(path) && Files.isWritable(path);
  }

  private StoreUnavailable denied(Exception e) {
    return new StoreUnavailable("the store " + path() + " may not be read and written by this user",
        "run as the owner of the data folder, or give it to this user", e);
  }

  private void restrictDatabase() throws IOException {
    if (Files.exists(path())) {
      restrict(path(), "rw-------");
    }
  }

  private static void restrict(Path path, String permissions) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null && !PosixFilePermissions.toString(view.readAttributes().permissions()).equals(permissions)) {
      view.setPermissions(PosixFilePermissions.fromString(permissions));
    }
  }

  private static String firstLine(SQLException e) {
    return e.getMessage().lines().findFirst().orElse("no reason given");
  }
}
