package org.eider.registrar.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eider.registrar.StoreBusyException;
import org.eider.registrar.StoreException;
import org.h2.api.ErrorCode;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/**
 * What failed, and whether the store can go on. It cannot when its file could not be read, written or forced: nobody knows then what is
 * on the medium, and only opening it anew tells. From then on everything is refused.
 */
final class Failures {
  /** Serialisation failure and deadlock, by the standard and by PostgreSQL; lock timeout of PostgreSQL and of H2; write conflict of H2. */
  private static final Set<String> CONFLICTS =
      Set.of("40001", "40P01", "55P03", "HYT00", Integer.toString(ErrorCode.CONCURRENT_UPDATE_1));
  private static final Set<Integer> OF_THE_FILE = Set.of(DataUtils.ERROR_READING_FAILED, DataUtils.ERROR_WRITING_FAILED,
      DataUtils.ERROR_INTERNAL, DataUtils.ERROR_CLOSED, DataUtils.ERROR_FILE_CORRUPT, DataUtils.ERROR_CHUNK_NOT_FOUND);

  private static final Set<Integer> OF_A_CLOSED_DATABASE = Set.of(ErrorCode.DATABASE_IS_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN,
      ErrorCode.CONNECTION_BROKEN_1, ErrorCode.OBJECT_CLOSED);

  private final AtomicReference<Optional<String>> end = new AtomicReference<>(Optional.empty());
  private final CopyOnWriteArrayList<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  /** Has {@code listener} told, once, why the store cannot go on; by a thread that uses it, with its locks. */
  void listen(Consumer<String> listener) {
    listeners.add(listener);
    end.get().ifPresent(listener);
  }

  /** Refuses {@code what} with a {@link StoreException} when the store cannot go on. */
  void require(String what) {
    end.get().ifPresent(reason -> {
      throw new StoreException("the store could not " + what + ": it cannot be used any more (" + reason + ")", new SQLException(reason));
    });
  }

  /** Refuses everything from now on, because there is nothing more to be done; nobody is told. */
  void close() {
    end.compareAndSet(Optional.empty(), Optional.of("it is closed"));
  }

  static boolean isConflict(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && CONFLICTS.contains(String.valueOf(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  /** What failed; the store cannot go on if that was its file, and is only busy if somebody else had what was needed. */
  StoreException of(String what, Exception e) {
    Optional<String> trouble = fileTrouble(e);
    trouble.ifPresent(this::end);
    Optional<String> damage = damage(e);
    if (damage.isPresent()) {
      return new StoreException("the store could not " + what + ": it is damaged, an index and its table differ (" + damage.get() + ")", e);
    }
    return trouble.isEmpty() && isBusy(e) ? new StoreBusyException(said(what, e), e) : exception(what, e);
  }

  /** What was committed could not be forced; the store cannot go on, whatever the reason. */
  StoreException ofForcing(String what, Exception e) {
    end(fileTrouble(e).orElseGet(() -> reason(e)));
    return exception(what, e);
  }

  private void end(String reason) {
    if (end.compareAndSet(Optional.empty(), Optional.of(reason))) {
      listeners.forEach(listener -> listener.accept(reason));
    }
  }

  /** What H2 looks for again and again, as if another were about to write it, until its patience for locks is over. */
  private static Optional<String> damage(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getErrorCode() == ErrorCode.ROW_NOT_FOUND_IN_PRIMARY_INDEX) {
        return Optional.of(firstLine(sql));
      }
    }
    return Optional.empty();
  }

  /** What is wrong with the file, as the innermost who noticed says; empty when that is not what failed. */
  private static Optional<String> fileTrouble(Throwable e) {
    boolean found = false;
    Throwable innermost = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      found |= cause instanceof MVStoreException store && OF_THE_FILE.contains(store.getErrorCode())
          || cause instanceof SQLException sql && OF_A_CLOSED_DATABASE.contains(sql.getErrorCode());
      innermost = cause;
    }
    return found ? Optional.of(firstLine(innermost)) : Optional.empty();
  }

  private static StoreException exception(String what, Exception e) {
    return new StoreException(said(what, e), e);
  }

  private static String said(String what, Exception e) {
    return "the store could not " + what + ": " + fileTrouble(e).orElseGet(() -> reason(e));
  }

  /** Whether somebody else had what was needed, for longer than anybody waits: a row, or all of the pool's connections. */
  private static boolean isBusy(Exception e) {
    boolean waited = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      waited |= cause instanceof SQLTransientConnectionException && cause.getCause() == null;
    }
    return waited || isConflict(e);
  }

  private static String reason(Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    return firstLine(cause);
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
