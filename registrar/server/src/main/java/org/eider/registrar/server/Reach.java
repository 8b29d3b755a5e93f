package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.DirectAdministration;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.registrar.store.StoreProbe;
import org.eider.registrar.store.StoreUnavailable;

/** The way of a command to a registrar: over its admin port while it runs, else by opening its store. */
final class Reach {
  private static final int TRIES = 50;
  private static final long PAUSE_MILLIS = 100;

  private Reach() {}

  /** The registrar of {@code folder}; waits a little for one that starts or stops at this moment. */
  static Administration registrarOf(DataFolder folder) throws CommandFailure {
    Logging.forCommand();
    try {
      for (int tries = 0; tries < TRIES; tries++) {
        // The lock first: what a registrar that was killed left behind in admin.port may by now be anybody's port.
        Optional<Administration> reached = stopped(folder);
        if (reached.isEmpty()) {
          reached = running(folder);
        }
        if (reached.isPresent()) {
          return reached.get();
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException e) {
      throw new CommandFailure("cannot use " + folder.path() + ": " + e.getMessage(), "is it your registrar's data folder?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
    throw new CommandFailure("a registrar uses " + folder.path() + " and does not answer on its admin port",
        "wait until it is ready, or stop it");
  }

  private static Optional<Administration> running(DataFolder folder) throws IOException, CommandFailure {
    Optional<String> port = folder.readSecret(folder.adminPort()).filter(text -> text.matches("[1-9][0-9]{0,4}"));
    Optional<String> token = folder.readSecret(folder.adminToken()).filter(text -> text.matches("[A-Za-z0-9_-]{1,128}"));
    if (port.isEmpty() || token.isEmpty()) {
      return Optional.empty();
    }
    RemoteAdministration remote = new RemoteAdministration(Integer.parseInt(port.get()), token.get());
    return remote.isLive() ? Optional.of(remote) : Optional.empty();
  }

  private static Optional<Administration> stopped(DataFolder folder) throws IOException, CommandFailure {
    Optional<DataFolder.Held> lock = folder.tryLock();
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    boolean reached = false;
    try {
      Files.deleteIfExists(folder.adminPort());
      Administration administration = opened(folder, lock.get());
      reached = true;
      return Optional.of(administration);
    } catch (StoreUnavailable e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    } finally {
      if (!reached) {
        lock.get().close();
      }
    }
  }

  private static Administration opened(DataFolder folder, DataFolder.Held lock) throws IOException, CommandFailure, StoreUnavailable {
    InstantSource clock = Clock.systemUTC();
    SqlStore store = SqlStore.open(StoreConfig.in(folder.path()).forCommand(), StoreProbe.NONE, clock);
    boolean good = false;
    try {
      WatchedJournal.compare(store, folder);
      good = true;
      return new DirectAdministration(store.devices(), store.certificates(), store.manufacturers(), store.journal(),
          new StoreCustody(store, folder, clock), clock, () -> {
            store.close();
            lock.close();
          });
    } finally {
      if (!good) {
        store.close();
      }
    }
  }
}
