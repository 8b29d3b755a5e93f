package org.eider.registrar.store;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.StoreException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs how far the journal goes: when it is opened, when it is closed, every so many entries, and when nothing was added for a while.
 * Whoever cuts off the journal's end, or puts an older store in place of it, would have to sign anew what was signed already.
 *
 * <p>It has one thread. A checkpoint that cannot be written is logged and tried again with the next entry; nobody waits for it.
 */
public final class Checkpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private static final String HINT = "the store is damaged, was changed or is an older one: keep it, and restore the data folder from a backup";

  private final CheckpointFile file;
  private final SqlStore store;
  private final InstantSource clock;
  private final Rhythm rhythm;
  private final ScheduledThreadPoolExecutor thread;
  private final Consumer<Head> listener = this::grown;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean quiet = new AtomicBoolean();
  /** Of the last checkpoint. */
  private volatile long signed;

  /**
   * When checkpoints are made.
   *
   * @param entries after so many entries
   * @param quiet so long after an entry, when there was no other checkpoint
   */
  public record Rhythm(int entries, Duration quiet) {
    /** 100 entries, 5 seconds. */
    public static Rhythm standard() {
      return new Rhythm(100, Duration.ofSeconds(5));
    }
  }

  private Checkpoints(SqlStore store, CheckpointFile file, InstantSource clock, Rhythm rhythm) {
    this.store = store;
    this.file = file;
    this.clock = clock;
    this.rhythm = rhythm;
    this.thread = new ScheduledThreadPoolExecutor(1, work -> {
      Thread made = new Thread(work, "checkpoints");
      made.setDaemon(true);
      return made;
    });
    // What is due when it is quiet is made by the close.
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Compares the store with the last checkpoint, and makes one. From now on verifying the journal compares it with all of them.
   *
   * @throws StoreUnavailable when the journal ends before the last checkpoint or has another hash there, or the file is missing though
   *     there has to be one; nothing was changed
   */
  public static Checkpoints open(SqlStore store, CheckpointFile file, InstantSource clock, Rhythm rhythm) throws StoreUnavailable {
    compare(store, file);
    Checkpoints checkpoints = new Checkpoints(store, file, clock, rhythm);
    try {
      checkpoints.sign();
    } catch (IOException e) {
      checkpoints.thread.shutdown();
      throw unreadable(file, e);
    }
    store.sqlJournal().compareWith(file);
    store.listen(checkpoints.listener);
    return checkpoints;
  }

  /**
   * Compares the store with the last checkpoint; for commands, which make none.
   *
   * @throws StoreUnavailable as {@link #open}
   */
  public static void compare(SqlStore store, CheckpointFile file) throws StoreUnavailable {
    try {
      CheckpointFile.Content content = file.content();
      if (content.torn()) {
        LOG.warn("the last line of {} was not finished, as after a crash; it is left out", file.path());
      }
      if (!file.exists() && store.wasStarted()) {
        throw new StoreUnavailable(file.path() + " is missing, so nobody can tell whether the store is complete",
            "restore the data folder from a backup, or, to go on with the store as it is, put an empty file in its place");
      }
      if (!content.lines().isEmpty()) {
        compare(store, file, content.lines());
      }
      store.sqlJournal().compareWith(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Signs how far the journal goes, and has no more made. */
  @Override
  public void close() {
    store.deafen(listener);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the last checkpoint takes too long");
      }
      sign();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | StoreException e) {
      LOG.warn("the last checkpoint could not be written: {}", e.getMessage());
    }
  }

  private static void compare(SqlStore store, CheckpointFile file, List<Octets> lines) throws StoreUnavailable {
    Optional<Checkpoint> last = CheckpointFile.parse(lines.get(lines.size() - 1)).filter(file::isGood);
    if (last.isEmpty()) {
      throw new StoreUnavailable("the last line of " + file.path() + " is no checkpoint that this registrar's journal key has signed",
          "somebody has changed that file or the key; keep both, and restore the data folder from a backup");
    }
    Head expected = last.get().head();
    Optional<Head> found = store.journalAt(expected.number());
    if (found.isEmpty()) {
      throw new StoreUnavailable("the store is not complete: its journal ends at entry " + store.journal().head().number()
          + ", and a checkpoint of " + last.get().at() + " knows entry " + expected.number(), HINT);
    }
    if (!found.get().equals(expected)) {
      throw new StoreUnavailable("the store was changed: entry " + expected.number() + " of its journal is not the one that the checkpoint of "
          + last.get().at() + " knows", HINT);
    }
  }

  private static StoreUnavailable unreadable(CheckpointFile file, IOException e) {
    return new StoreUnavailable("the checkpoints " + file.path() + " cannot be read or written: " + e.getMessage(),
        "check the data folder, its owner and the disk that it is on", e);
  }

  /** By the threads that write. */
  private void grown(Head head) {
    try {
      if (head.number() - signed >= rhythm.entries()) {
        if (due.compareAndSet(false, true)) {
          thread.execute(() -> signSoon(due));
        }
      } else if (head.number() > signed && quiet.compareAndSet(false, true)) {
        thread.schedule(() -> signSoon(quiet), rhythm.quiet().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (RejectedExecutionException closing) {
      LOG.debug("closing makes the last checkpoint");
    }
  }

  private void signSoon(AtomicBoolean request) {
    request.set(false);
    try {
      sign();
    } catch (IOException | StoreException e) {
      LOG.error("a checkpoint of the journal could not be written: {}", e.getMessage());
    }
  }

  private synchronized void sign() throws IOException {
    Head head = store.journal().head();
    if (head.number() > signed || !file.exists()) {
      file.append(Checkpoint.sign(head, clock.instant(), file.signer()));
      signed = head.number();
    }
  }
}
