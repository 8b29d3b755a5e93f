package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Step;
import org.h2.engine.Constants;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Runs work in transactions: conflicts are tried again, what was committed is on the medium, errors are {@link StoreException}s. The
 * journal entries of a transaction are its last statements.
 *
 * <p>One transaction writes at a time, and nothing is saved or copied meanwhile: what H2 saves is no cut through all tables at one
 * moment, so the half of a transaction that another thread is in could be in the file, after a kill or in a backup, without what would
 * undo it. The lock is fair, and therefore who is about to force lets those commit who came before him, and forces for them too.
 */
final class Transactions {
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(3);

  private final Jdbi jdbi;
  private final Forcing forcing;
  private final StoreProbe probe;
  private final Consumer<String> room;
  private final Failures failures = new Failures();
  private final ReentrantLock writing = new ReentrantLock(true);
  /** Guarded by the lock. */
  private final Chain chain = new Chain();
  /** As far as the journal is known to be on the medium. */
  private final AtomicReference<Head> durable = new AtomicReference<>(new Head(0, Chain.ORIGIN));
  private final CopyOnWriteArrayList<Consumer<Head>> listeners = new CopyOnWriteArrayList<>();

  /**
   * On H2, whose commit is written when it returns but not forced.
   *
   * @param room refuses what is to be written, by a {@link org.eider.registrar.StoreException}, when there is no room for it
   */
  Transactions(Jdbi jdbi, StoreProbe probe, Consumer<String> room) {
    this.jdbi = jdbi;
    this.probe = probe;
    this.room = room;
    this.forcing = new Forcing(() -> alone(handle -> handle.execute("CHECKPOINT SYNC")));
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

  /** Does something with the database's file, when no transaction writes. */
  <T> T atRest(String what, Function<Handle, T> work) {
    failures.require(what);
    try {
      return alone(work);
    } catch (JdbiException e) {
      throw failures.of(what, e);
    }
  }

  /** The connection first, then the lock, as everywhere here: who has the lock waits for nobody. */
  private <T> T alone(Function<Handle, T> work) {
    return jdbi.withHandle(handle -> {
      writing.lock();
      try {
        return work.apply(handle);
      } finally {
        writing.unlock();
      }
    });
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

  /** Reads and writes in one transaction, possibly more than once; durable when it returns. */
  <T> T write(Step step, String what, Writing.Work<T> work) {
    probe.at(step + ":before");
    room.accept(what);
    Written<T> written = commit(step, what, work);
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

  /** Takes what is in the file for committed, and forces it. */
  void begin() {
    Head end = snapshot("read the journal's end", Chain::read);
    force("force what was recorded");
    advance(end);
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

  private <T> Written<T> commit(Step step, String what, Writing.Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      failures.require(what);
      try (Handle handle = jdbi.open()) {
        return attempt(handle, step, work);
      } catch (JdbiException | SQLException e) {
        if (attempt == ATTEMPTS || !Failures.isConflict(e)) {
          throw failures.of(what, e);
        }
        LockSupport.parkNanos(PAUSE.multipliedBy(attempt).toNanos());
      }
    }
  }

  private <T> Written<T> attempt(Handle handle, Step step, Writing.Work<T> work) throws SQLException {
    boolean committed = false;
    writing.lock();
    try {
      handle.begin();
      Writing rows = new Writing(handle);
      T result = work.in(rows);
      Head end = finish(rows, step);
      committed = true;
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

  private Head finish(Writing rows, Step step) throws SQLException {
    Head end = rows.drafts().isEmpty() ? durable.get() : chain.append(rows.connection(), rows.drafts());
    probe.at(step + ":inside");
    rows.handle().commit();
    if (!rows.drafts().isEmpty()) {
      chain.committed(end);
    }
    return end;
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
    } catch (ConnectionException e) {
      throw failures.of(what, e); // not tried; who forces next forces this too
    } catch (JdbiException e) {
      throw failures.ofForcing(what, e);
    }
  }

  private void advance(Head end) {
    Head now = durable.accumulateAndGet(end, (one, other) -> one.number() >= other.number() ? one : other);
    listeners.forEach(listener -> listener.accept(now));
  }
}
