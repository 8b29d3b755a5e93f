package org.eider.registrar.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.StoreException;
import org.h2.api.ErrorCode;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Runs work in transactions: conflicts are tried again, what was committed is on the medium, errors are {@link StoreException}s. */
final class Transactions {
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(3);
  /** Serialisation failure and deadlock, by the standard and by PostgreSQL; lock timeout of PostgreSQL and of H2; write conflict of H2. */
  private static final Set<String> CONFLICTS =
      Set.of("40001", "40P01", "55P03", "HYT00", Integer.toString(ErrorCode.CONCURRENT_UPDATE_1));

  private final Jdbi jdbi;
  private final Forcing forcing;
  private final StoreProbe probe;

  /** On H2, whose commit is written when it returns but not forced. */
  Transactions(Jdbi jdbi, StoreProbe probe) {
    this.jdbi = jdbi;
    this.probe = probe;
    this.forcing = new Forcing(() -> jdbi.useHandle(handle -> handle.execute("CHECKPOINT SYNC")));
  }

  /** Reads; every statement sees what was committed before it. */
  <T> T read(String what, Function<Handle, T> work) {
    try {
      return jdbi.withHandle(work::apply);
    } catch (JdbiException e) {
      throw failure(what, e);
    }
  }

  /** Reads and writes in one transaction, possibly more than once; durable when it returns. */
  <T> T write(Step step, String what, Function<Handle, T> work) {
    probe.at(step + ":before");
    T result = commit(what, handle -> {
      T written = work.apply(handle);
      probe.at(step + ":inside");
      return written;
    });
    probe.at(step + ":committed");
    try {
      forcing.force();
    } catch (JdbiException e) {
      throw failure(what, e);
    }
    probe.at(step + ":after");
    return result;
  }

  private <T> T commit(String what, Function<Handle, T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return jdbi.inTransaction(work::apply);
      } catch (JdbiException e) {
        if (attempt == ATTEMPTS || !isConflict(e)) {
          throw failure(what, e);
        }
        LockSupport.parkNanos(PAUSE.multipliedBy(attempt).toNanos());
      }
    }
  }

  private static boolean isConflict(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && CONFLICTS.contains(String.valueOf(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  private static StoreException failure(String what, JdbiException e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    return new StoreException("the store could not " + what + ": " + reason, e);
  }
}
