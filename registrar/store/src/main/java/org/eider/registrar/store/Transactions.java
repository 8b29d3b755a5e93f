package org.eider.registrar.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.StoreBusyException;
import org.eider.registrar.StoreException;
import org.h2.engine.Constants;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in transactions: conflicts are tried again, what was committed is on the medium, errors are {@link StoreException}s. The
 * journal entries of a transaction are its last statements.
 *
 * <p>H2 writes its file when it is told to, and that costs more than all the rest. So what an onboarding writes is {@link #log logged}:
 * its rows go into the {@link RedoLog} before they are committed, and the log is forced. H2's file is saved when the log has grown, for
 * what is {@link #write written} otherwise, for a copy, and at the close.
 *
 * <p>One transaction writes at a time, and nothing is saved meanwhile: what H2 saves is no cut through all tables at one moment, so the
 * half of a transaction that another thread is in could be in the file, after a kill or in a backup, without what would undo it. Forcing
 * the log is not part of that: who forces does it for all who have logged before. Who copies the file holds up nobody: it is copied as it
 * was when it had just been saved.
 */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(3);
  /** Whoever waits longer for another who copies the file is told that the store is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** Some hundred onboardings; taking them from the log, after a crash, costs a start a second. */
  private static final long LONG_LOG = 4L << 20;

  private final Jdbi jdbi;
  private final RedoLog log;
  private final Forcing forcing;
  private final StoreProbe probe;
  private final Consumer<String> room;
  private final Failures failures = new Failures();
  private final ReentrantLock writing = new ReentrantLock(true);
  private final ReentrantLock copying = new ReentrantLock(true);
  /** Saves H2's file: it is nobody's thread, so nobody interrupts it, which H2 would take for the end of its waiting. */
  private final ExecutorService saver = Executors.newSingleThreadExecutor(Transactions::saverThread);
  /** Guarded by the lock. */
  private final Chain chain = new Chain();
  /** As far as the journal is known to be on the medium. */
  private final AtomicReference<Head> durable = new AtomicReference<>(new Head(0, Chain.ORIGIN));
  private volatile boolean isEnding;
  private final CopyOnWriteArrayList<Consumer<Head>> listeners = new CopyOnWriteArrayList<>();

  /**
   * On H2, whose file is up to date, so that the log is empty.
   *
   * @param room refuses what is to be written, by a {@link org.eider.registrar.StoreException}, when there is no room for it
   */
  Transactions(Jdbi jdbi, RedoLog log, StoreProbe probe, Consumer<String> room) {
    this.jdbi = jdbi;
    this.log = log;
    this.probe = probe;
    this.room = room;
    this.forcing = new Forcing(() -> {
      try {
        log.force();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /** Reads; every statement sees what was committed before it. */
  <T> T read(String what, Function<Handle, T> work) {
    failures.require(what);
    try {
      return jdbi.withHandle(work::apply);
    } catch (JdbiException e) {
      throw failures.of(what, e);
    }
  }

  /**
   * Does something with the database's file as it is when everything has been saved; others go on meanwhile.
   *
   * @throws StoreBusyException when somebody else does so and does not end
   */
  <T> T still(String what, Function<StillFile, T> work) {
    failures.require(what);
    return withCopying(what, () -> {
      try (StillFile file = saved(what)) {
        probe.at("COPY:begun");
        return work.apply(file);
      }
    });
  }

  /** A connection first: others have theirs while they wait for the lock. */
  private StillFile saved(String what) {
    try (Handle handle = jdbi.open()) {
      writing.lock();
      try {
        save(handle);
        return OneDatabase.still(handle.getConnection(), () -> isEnding);
      } finally {
        writing.unlock();
      }
    } catch (JdbiException | SQLException e) {
      throw failures.of(what, e);
    }
  }

  /** Who copies the file does so alone, and it is not closed meanwhile. Before the lock of the writers, as everywhere here. */
  private <T> T withCopying(String what, Supplier<T> work) {
    try {
      if (!copying.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreBusyException("the store could not " + what + ": its file is being copied", new TimeoutException());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreBusyException("the store could not " + what + ": interrupted while its file was in use", e);
    }
    try {
      return work.get();
    } finally {
      copying.unlock();
    }
  }

  /** Reads; all statements see what was committed before the first. */
  <T> T snapshot(String what, Reading<T> work) {
    failures.require(what);
    try (Handle handle = jdbi.open()) {
      handle.getConnection().setTransactionIsolation(Constants.TRANSACTION_SNAPSHOT);
      handle.begin();
      try {
        return work.from(handle.getConnection());
      } finally {
        rollback(handle);
      }
    } catch (JdbiException | SQLException e) {
      throw failures.of(what, e);
    }
  }

  /** Reads from a connection. */
  @FunctionalInterface
  interface Reading<T> {
    T from(Connection connection) throws SQLException;
  }

  /** Reads and writes in one transaction, possibly more than once, whatever it likes; durable, in H2's file, when it returns. */
  <T> T write(Step step, String what, Writing.Work<T> work) {
    probe.at(step + ":before");
    room.accept(what);
    Written<T> written = commit(step, what, work, false);
    advance(written.end());
    probe.at(step + ":after");
    return written.result();
  }

  /** The same for work that changes nothing but rows which {@link Writing} knows of; durable, in the log, when it returns. */
  <T> T log(Step step, String what, Writing.Work<T> work) {
    probe.at(step + ":before");
    room.accept(what);
    Written<T> written = commit(step, what, work, true);
    probe.at(step + ":committed");
    force(what);
    advance(written.end());
    probe.at(step + ":after");
    return written.result();
  }

  /** How far the journal is on the medium. */
  Head durable() {
    return durable.get();
  }

  /** Takes what is in the file for committed, and forced. */
  void begin() {
    advance(snapshot("read the journal's end", Chain::read));
  }

  /** Brings H2's file up to date, unless the store cannot be used any more, removes the log then, and refuses everything from now on. */
  void end() {
    isEnding = true;
    try {
      failures.require("close");
      withCopying("close", () -> jdbi.withHandle(handle -> {
        saveAndRemoveLog(handle);
        return true;
      }));
    } catch (JdbiException | StoreException e) {
      LOG.warn("the store was not closed; its next opening goes on from its log: {}", e.getMessage());
    } finally {
      failures.close();
      saver.shutdown();
    }
  }

  private void saveAndRemoveLog(Handle handle) {
    writing.lock();
    try {
      save(handle);
      removeLog();
    } finally {
      writing.unlock();
    }
  }

  /** While nobody else can have opened it. */
  private void removeLog() {
    failures.close();
    try {
      log.remove();
    } catch (IOException e) {
      LOG.warn("the store's log could not be removed; it holds nothing that the store has not: {}", e.getMessage());
    }
  }

  /** Has {@code listener} told whenever the journal has become durable a bit further, by the thread that wrote; it must not block. */
  void listen(Consumer<Head> listener) {
    listeners.add(listener);
  }

  /** Has {@code listener} told, once, why the store cannot be used any more; it must not block. */
  void onEnd(Consumer<String> listener) {
    failures.listen(listener);
  }

  /** Has it told no more. */
  void deafen(Consumer<Head> listener) {
    listeners.remove(listener);
  }

  /** What work made, and where the journal ends behind it. */
  private record Written<T>(T result, Head end) {}

  private <T> Written<T> commit(Step step, String what, Writing.Work<T> work, boolean logged) {
    for (int attempt = 1; ; attempt++) {
      failures.require(what);
      try (Handle handle = jdbi.open()) {
        return attempt(handle, step, what, work, logged);
      } catch (JdbiException | SQLException e) {
        if (attempt == ATTEMPTS || !Failures.isConflict(e)) {
          throw failures.of(what, e);
        }
        LockSupport.parkNanos(PAUSE.multipliedBy(attempt).toNanos());
      }
    }
  }

  private <T> Written<T> attempt(Handle handle, Step step, String what, Writing.Work<T> work, boolean logged) throws SQLException {
    boolean committed = false;
    writing.lock();
    try {
      failures.require(what);
      handle.begin();
      Writing rows = new Writing(handle);
      T result = work.in(rows);
      Head before = rows.drafts().isEmpty() ? durable.get() : chain.end(rows.connection());
      Head end = rows.drafts().isEmpty() ? before : chain.append(rows);
      probe.at(step + ":inside");
      if (logged) {
        commitLogged(rows, step, what, new Redo(before, end, rows.rows()));
      } else {
        handle.commit();
      }
      committed = true;
      if (!rows.drafts().isEmpty()) {
        chain.committed(end);
      }
      if (!logged) {
        probe.at(step + ":committed");
        mustSave(handle, what);
      } else if (isLong(handle)) {
        mustSave(handle, what);
      }
      return new Written<>(result, end);
    } finally {
      try {
        if (!committed) {
          chain.forget();
          rollback(handle);
        }
      } finally {
        writing.unlock();
      }
    }
  }

  /** Before H2 saves by itself, which it does without forcing. */
  private boolean isLong(Handle handle) throws SQLException {
    return log.length() > LONG_LOG || OneDatabase.hasMuchUnsaved(handle.getConnection());
  }

  /**
   * In the log first: what is committed and not logged would be seen, and gone after a crash. Whatever fails from then on ends the store,
   * since nobody knows whether it was committed.
   */
  private void commitLogged(Writing rows, Step step, String what, Redo redo) {
    if (redo.rows().isEmpty()) {
      rows.handle().commit();
      return;
    }
    long before = log.length();
    boolean committed = false;
    try {
      log.append(redo);
      probe.at(step + ":logged");
      rows.handle().commit();
      committed = true;
    } catch (IOException | JdbiException e) {
      throw failures.ofForcing(what, e);
    } finally {
      if (!committed) {
        failures.ofForcing(what, new IOException("a commit failed"));
        takeBack(what, before);
      }
    }
  }

  /** What was refused shall not come back with the next opening. */
  private void takeBack(String what, long before) {
    try {
      log.cut(before);
    } catch (IOException e) {
      LOG.warn("what the store could not {} may be found in it when it is opened again: {}", what, e.getMessage());
    }
  }

  /** What was committed is in H2's file when this returns; the store cannot go on otherwise. */
  private void mustSave(Handle handle, String what) {
    try {
      save(handle);
    } catch (JdbiException e) {
      throw failures.ofForcing(what, e);
    }
  }

  /** By who has the lock of the writers. */
  private void save(Handle handle) {
    try {
      CompletableFuture.runAsync(() -> handle.execute("CHECKPOINT SYNC"), saver).join();
      probe.at("SAVE:synced");
      log.cut(0);
    } catch (CompletionException e) {
      throw e.getCause() instanceof JdbiException known ? known : new ConnectionException(e.getCause());
    } catch (IOException e) {
      throw new ConnectionException(e);
    }
  }

  private static Thread saverThread(Runnable work) {
    Thread thread = new Thread(work, "store");
    thread.setDaemon(true);
    return thread;
  }

  /** What made it necessary is what is told; a database that is gone rolls back by itself. */
  private static void rollback(Handle handle) {
    try {
      handle.rollback();
    } catch (JdbiException alreadyFailing) {
      handle.close();
    }
  }

  private void force(String what) {
    failures.require(what);
    try {
      forcing.force();
    } catch (UncheckedIOException e) {
      throw failures.ofForcing(what, e.getCause());
    }
  }

  private void advance(Head end) {
    Head now = durable.accumulateAndGet(end, (one, other) -> one.number() >= other.number() ? one : other);
    listeners.forEach(listener -> listener.accept(now));
  }
}
