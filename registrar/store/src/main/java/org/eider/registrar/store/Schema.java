package org.eider.registrar.store;

import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * The tables and their versions. Migrations are named here, so that nothing has to search the class path; Flyway is asked only when
 * there is something to migrate, because asking takes longer than opening the database.
 */
final class Schema {
  /** The files of {@code migration/}, oldest first; the n-th is version n. */
  static final List<String> MIGRATIONS = List.of("V1__devices.sql", "V2__certificates.sql", "V3__manufacturers.sql",
      "V4__decisions.sql", "V5__journal.sql", "V6__sid_revision.sql");

  private static final int JOURNAL = 5;
  private static final String HISTORY = "schema_history";

  private Schema() {}

  /** Whether the database has all the tables that a log may speak of; for one of a newer program, that is for it to know. */
  static boolean hasJournal(Connection connection) throws SQLException {
    OptionalInt installed = installed(connection);
    return installed.isPresent() && installed.getAsInt() >= JOURNAL && installed.getAsInt() <= MIGRATIONS.size();
  }

  /** Brings the database to the version of this program. */
  static void migrate(Connection connection, DataSource source) throws SQLException, StoreUnavailable {
    OptionalInt installed = installed(connection);
    int newest = MIGRATIONS.size();
    if (installed.isPresent() && installed.getAsInt() > newest) {
      throw new StoreUnavailable(
          "the store has version " + installed.getAsInt() + " and this program knows versions up to " + newest,
          "run the newer program that wrote it, or restore the data folder from before the upgrade");
    }
    if (installed.isEmpty() || installed.getAsInt() < newest) {
      runFlyway(source);
    }
  }

  /** The version of the tables; empty when none was finished, zero when one failed. */
  static OptionalInt installed(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet tables = statement.executeQuery(
          "SELECT count(*) FROM information_schema.tables WHERE table_name = '" + HISTORY + "'")) {
        tables.next();
        if (tables.getInt(1) == 0) {
          return OptionalInt.empty();
        }
      }
      try (ResultSet versions = statement.executeQuery(
          "SELECT max(CASE WHEN success THEN CAST(version AS INTEGER) ELSE 0 END), bool_and(success) FROM " + HISTORY
              + " WHERE version IS NOT NULL")) {
        versions.next();
        int newest = versions.getInt(1);
        return versions.wasNull() ? OptionalInt.empty() : OptionalInt.of(versions.getBoolean(2) ? newest : 0);
      }
    }
  }

  private static void runFlyway(DataSource source) throws StoreUnavailable {
    try {
      Flyway.configure(Schema.class.getClassLoader())
          .dataSource(source)
          .table(HISTORY)
          .loggers("slf4j")
          .resourceProvider(new Files())
          .javaMigrationClassProvider(List::of)
          .skipDefaultCallbacks(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      String reason = e.getMessage().lines().findFirst().orElse("no reason given");
      throw new StoreUnavailable("the store's tables cannot be brought to this program's version: " + reason,
          "restore the data folder from a backup, and report this", e);
    }
  }

  /** Hands Flyway the files that are named above. */
  private static final class Files implements ResourceProvider {
    /** Null is how Flyway hears that there is no such file. */
    @Override
    public LoadableResource getResource(String name) {
      return MIGRATIONS.contains(name) ? new SqlFile(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return MIGRATIONS.stream()
          .filter(name -> name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
          .<LoadableResource>map(SqlFile::new)
          .toList();
    }
  }

  private static final class SqlFile extends LoadableResource {
    private final String name;

    SqlFile(String name) {
      this.name = name;
    }

    @Override
    public Reader read() {
      return new InputStreamReader(
          Objects.requireNonNull(Schema.class.getResourceAsStream("migration/" + name), name), StandardCharsets.UTF_8);
    }

    @Override
    public String getAbsolutePath() {
      return name;
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return name;
    }

    @Override
    public String getFilename() {
      return name;
    }

    @Override
    public String getRelativePath() {
      return name;
    }
  }
}
