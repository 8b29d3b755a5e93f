package org.eider.registrar.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.DeviceLedger;
import org.eider.registrar.ManufacturerStore;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;

/**
 * The ledgers in a database file.
 *
 * <p>What a ledger has recorded is on the medium when the method returns: neither the end of the process nor of the power takes it
 * back. A manufacturer's name may have 64 characters, a serial number or a session's id 255, any other text 65,536, an octet string
 * one mebibyte; what is longer is refused with a {@link org.eider.registrar.StoreException}. Instants are kept to the millisecond.
 */
public final class SqlStore implements AutoCloseable {
  private static final long PATIENCE_MS = 10_000;

  private final HikariDataSource pool;
  private final DeviceLedger devices;
  private final CertificateLedger certificates;
  private final ManufacturerStore manufacturers;

  private SqlStore(HikariDataSource pool, StoreProbe probe) {
    this.pool = pool;
    Jdbi jdbi = Jdbi.create(pool);
    // What a statement was about to store is no business of whoever logs that it failed.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    Transactions transactions = new Transactions(jdbi, probe);
    this.devices = new SqlDeviceLedger(transactions);
    this.certificates = new SqlCertificateLedger(transactions);
    this.manufacturers = new SqlManufacturerStore(transactions);
  }

  /** Opens the store of a data folder, as {@link #open(StoreConfig, StoreProbe)} does, with nobody looking on. */
  public static SqlStore open(StoreConfig config) throws StoreUnavailable {
    return open(config, StoreProbe.NONE);
  }

  /**
   * Opens the store of a data folder; makes what is missing and brings older tables to this version.
   *
   * @param probe looks on while the store writes
   * @throws StoreUnavailable when it is in use, damaged, of a newer version or not ours to read; nothing was changed
   */
  public static SqlStore open(StoreConfig config, StoreProbe probe) throws StoreUnavailable {
    H2File file = H2File.of(config);
    JdbcDataSource source = file.source();
    boolean heldData = file.holdsData();
    try (Connection first = file.connect()) {
      if (heldData && Schema.installed(first).isEmpty()) {
        throw file.emptied();
      }
      Schema.migrate(first, source);
      return new SqlStore(pool(source, config.connections()), probe);
    } catch (SQLException e) {
      throw file.unavailable(e);
    }
  }

  /** Devices and what happened to them. */
  public DeviceLedger devices() {
    return devices;
  }

  /** Certificates that we signed. */
  public CertificateLedger certificates() {
    return certificates;
  }

  /** Manufacturers and expected devices. */
  public ManufacturerStore manufacturers() {
    return manufacturers;
  }

  /** Closes the file; another process may have it then. */
  @Override
  public void close() {
    pool.close();
  }

  /** Connections stay for good: the database closes with the last one. */
  private static HikariDataSource pool(JdbcDataSource source, int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setConnectionTimeout(PATIENCE_MS);
    config.setIdleTimeout(0);
    config.setMaxLifetime(0);
    return new HikariDataSource(config);
  }
}
