package org.eider.registrar.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.DeviceLedger;
import org.eider.registrar.Journal;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.ManufacturerStore;
import org.eider.registrar.StoreException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledgers in a database file.
 *
 * <p>What a ledger has recorded is on the medium when the method returns: neither the end of the process nor of the power takes it
 * back. A manufacturer's name may have 64 characters, a serial number or a session's id 255, any other text 65,536, an octet string
 * one mebibyte; what is longer is refused with a {@link org.eider.registrar.StoreException}. Instants are kept to the millisecond.
 */
public final class SqlStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final long PATIENCE_MS = 10_000;

  private final HikariDataSource pool;
  private final RedoLog log;
  private final Room room;
  private final DeviceLedger devices;
  private final CertificateLedger certificates;
  private final ManufacturerStore manufacturers;
  private final SqlJournal journal;
  private final Transactions transactions;

  private SqlStore(HikariDataSource pool, RedoLog log, Room room, StoreProbe probe, InstantSource clock) {
    this.pool = pool;
    this.log = log;
    this.room = room;
    Jdbi jdbi = Jdbi.create(pool);
    // What a statement was about to store is no business of whoever logs that it failed.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    this.transactions = new Transactions(jdbi, log, probe, room::require);
    this.devices = new SqlDeviceLedger(transactions);
    this.certificates = new SqlCertificateLedger(transactions);
    this.manufacturers = new SqlManufacturerStore(transactions, clock);
    this.journal = new SqlJournal(transactions, clock);
  }

  /** Opens the store of a data folder, as {@link #open(StoreConfig, StoreProbe)} does, with nobody looking on. */
  public static SqlStore open(StoreConfig config) throws StoreUnavailable {
    return open(config, StoreProbe.NONE);
  }

  /** Opens the store of a data folder, as {@link #open(StoreConfig, StoreProbe, InstantSource)} does, by the system's clock. */
  public static SqlStore open(StoreConfig config, StoreProbe probe) throws StoreUnavailable {
    return open(config, probe, InstantSource.system());
  }

  /**
   * Opens the store of a data folder; makes what is missing and brings older tables to this version. Rows of before there was a journal
   * are taken into it.
   *
   * @param probe looks on while the store writes
   * @param clock tells when manufacturers were changed and events of the registrar happened
   * @throws StoreUnavailable when it is in use, damaged, of a newer version or not ours to read, or its disk is full; we have changed
   *     nothing then, but H2 may have written to a damaged file when it opened it
   */
  public static SqlStore open(StoreConfig config, StoreProbe probe, InstantSource clock) throws StoreUnavailable {
    H2File file = H2File.of(config);
    Room room = Room.of(config.dataFolder());
    room.requireToOpen();
    OneDatabase source = new OneDatabase(file.source());
    boolean heldData = file.holdsData();
    try (Connection first = file.connect(source)) {
      if (heldData && Schema.installed(first).isEmpty()) {
        throw file.emptied();
      }
      RedoLog log = ready(first, source, file);
      return begun(new SqlStore(pool(source, config.connections()), log, room, probe, clock), clock);
    } catch (SQLException e) {
      throw file.unavailable(e);
    } catch (IOException e) {
      throw file.unusableLog(e);
    }
  }

  /** The log is of the tables as they were before they are brought to this version. */
  private static RedoLog ready(Connection first, DataSource source, H2File file) throws IOException, SQLException, StoreUnavailable {
    if (Schema.hasJournal(first)) {
      recovered(first, file).close();
    }
    Schema.migrate(first, source);
    return recovered(first, file);
  }

  private static RedoLog recovered(Connection first, H2File file) throws IOException, SQLException, StoreUnavailable {
    RedoLog log = file.log();
    boolean done = false;
    try {
      Recovery.run(first, log, file);
      done = true;
      return log;
    } finally {
      if (!done) {
        log.close();
      }
    }
  }

  private static SqlStore begun(SqlStore store, InstantSource clock) throws StoreUnavailable {
    boolean begun = false;
    try {
      store.transactions.begin();
      new Adoption(store.transactions, clock).run();
      begun = true;
      return store;
    } catch (StoreException e) {
      throw new StoreUnavailable(e.getMessage(), "restore the data folder from a backup; keep the damaged file", e);
    } finally {
      if (!begun) {
        store.close();
      }
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

  /** What was done, as a chain of entries. */
  public Journal journal() {
    return journal;
  }

  SqlJournal sqlJournal() {
    return journal;
  }

  /** Where the journal stood at entry {@code number}; empty when it does not go that far. */
  Optional<Head> journalAt(long number) {
    return number == 0
        ? Optional.of(new Head(0, Chain.ORIGIN))
        : journal.entries(number - 1, 1).stream().filter(entry -> entry.number() == number)
            .map(entry -> new Head(number, entry.hash())).findFirst();
  }

  /** Whether a registrar has ever been started on this store. */
  boolean wasStarted() {
    return transactions.read("look for a start", handle -> handle
        .createQuery("SELECT number FROM journal WHERE step = 'STARTED' ORDER BY number LIMIT 1").mapTo(Long.class).findOne()).isPresent();
  }

  /** Has {@code listener} told how far the journal goes whenever that is further, by the thread that wrote; it must not block. */
  void listen(Consumer<Head> listener) {
    transactions.listen(listener);
  }

  void deafen(Consumer<Head> listener) {
    transactions.deafen(listener);
  }

  /**
   * Has {@code listener} told, once, that the store cannot be used any more, and why: its file could not be read, written or forced.
   * Everything that is asked of it is refused from then on, and what was recorded is known when it is opened anew. The listener is called
   * by a thread that uses the store, and must neither block nor use it.
   */
  public void onEnd(Consumer<String> listener) {
    transactions.onEnd(listener);
  }

  /** Whether there is room on the disk to record something. */
  public boolean hasRoom() {
    return room.getAsBoolean();
  }

  /** Reads, as of one moment. */
  <T> T snapshot(String what, Transactions.Reading<T> work) {
    return transactions.snapshot(what, work);
  }

  /** Copies the database's file, as of one moment, to a new one, for its owner only; others go on recording meanwhile. */
  void copyTo(Path copy) {
    transactions.still("copy the database", file -> {
      try (OutputStream out = Files.newOutputStream(Files.createFile(copy, CheckpointFile.ownerOnly(copy)))) {
        file.copyTo(out);
        return true;
      } catch (ClosedByInterruptException e) {
        throw new StoreException("the store could not copy the database to " + copy + ": interrupted", e);
      } catch (IOException e) {
        throw new StoreException("the store could not copy the database to " + copy + ": " + e.getMessage(), e);
      }
    });
  }

  /** Closes the file; another process may have it then. */
  @Override
  public void close() {
    if (pool.isClosed()) {
      return;
    }
    transactions.end();
    try {
      log.close();
    } catch (IOException e) {
      LOG.warn("the store's log could not be closed: {}", e.getMessage());
    }
    pool.close();
  }

  /** Connections stay for good: the database closes with the last one. */
  private static HikariDataSource pool(DataSource source, int connections) {
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
