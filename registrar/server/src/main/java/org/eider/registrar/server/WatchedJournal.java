package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.eider.cli.CommandFailure;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.store.CheckpointFile;
import org.eider.registrar.store.CheckpointSigner;
import org.eider.registrar.store.Checkpoints;
import org.eider.registrar.store.JournalKey;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreUnavailable;
import org.eider.wire.Octets;

/** The journal of a data folder with its signed checkpoints: its start and its end stand in it. */
final class WatchedJournal implements AutoCloseable {
  private final SqlStore store;
  private final Checkpoints checkpoints;

  private WatchedJournal(SqlStore store, Checkpoints checkpoints) {
    this.store = store;
    this.checkpoints = checkpoints;
  }

  /**
   * Begins: makes the key at the first start, and compares the store with the last checkpoint.
   *
   * @throws StoreUnavailable when they do not fit together; nothing was changed
   */
  static WatchedJournal begin(SqlStore store, DataFolder folder, String version, InstantSource clock, SecureRandom random)
      throws IOException, CommandFailure, StoreUnavailable {
    boolean first = !JournalKey.existsIn(folder.path());
    if (first) {
      requireNoCheckpoints(folder);
      compare(store, folder);
    }
    JournalKey key = first ? JournalKey.make(folder.path(), random) : JournalKey.read(folder.path());
    Checkpoints checkpoints = Checkpoints.open(store, CheckpointFile.in(folder.path(), key), clock, Checkpoints.Rhythm.standard());
    if (first) {
      store.journal().note(Step.CHECKPOINT_KEY_MADE, key.keyId());
    }
    store.journal().note(Step.STARTED, "version " + version);
    return new WatchedJournal(store, checkpoints);
  }

  /** Compares the store with the last checkpoint, for a command; makes none. */
  static void compare(SqlStore store, DataFolder folder) throws IOException, CommandFailure, StoreUnavailable {
    CheckpointSigner signer = Nobody.INSTANCE;
    if (JournalKey.existsIn(folder.path())) {
      signer = JournalKey.read(folder.path());
    } else {
      requireNoCheckpoints(folder);
    }
    Checkpoints.compare(store, CheckpointFile.in(folder.path(), signer));
  }

  @Override
  public void close() {
    try {
      store.journal().note(Step.STOPPED, "");
    } finally {
      checkpoints.close();
    }
  }

  private static void requireNoCheckpoints(DataFolder folder) throws CommandFailure {
    Path checkpoints = folder.path().resolve(CheckpointFile.NAME);
    if (Files.exists(checkpoints)) {
      throw new CommandFailure(folder.path().resolve(JournalKey.FILE) + " is missing, which has signed " + checkpoints,
          "put it back, or restore the data folder from a backup");
    }
  }

  /** Of a store whose registrar has never been started. */
  private enum Nobody implements CheckpointSigner {
    INSTANCE;

    @Override
    public String keyId() {
      return "nobody";
    }

    @Override
    public Octets sign(Octets message) {
      throw new UnsupportedOperationException("a command makes no checkpoint");
    }

    @Override
    public boolean verifies(Octets message, Octets signature) {
      return false;
    }
  }
}
