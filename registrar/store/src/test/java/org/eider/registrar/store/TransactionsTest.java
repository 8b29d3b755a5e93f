package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.StoreBusyException;
import org.eider.registrar.StoreException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retries, forcing and errors. */
class TransactionsTest {
  private final List<String> statements = new ArrayList<>();
  private final List<String> points = new ArrayList<>();
  private final AtomicReference<String> dying = new AtomicReference<>("");
  private RedoLog log;
  private Transactions transactions;

  @TempDir private Path folder;

  @BeforeEach
  void open() throws IOException {
    Jdbi jdbi = Jdbi.create("jdbc:h2:mem:");
    jdbi.setSqlLogger(new SqlLogger() {
      @Override
      public void logAfterExecution(StatementContext context) {
        statements.add(context.getRenderedSql());
      }
    });
    log = RedoLog.open(folder);
    transactions = new Transactions(jdbi, log, point -> {
      points.add(point);
      if (point.equals(dying.get())) {
        throw new IllegalStateException("the test says so");
      }
    }, what -> {});
  }

  @AfterEach
  void close() throws IOException {
    transactions.end();
    log.close();
  }

  @Test
  void whatIsWrittenIsSavedAfterwards() {
    transactions.write(Step.ENROLLED, "write", writing -> writing.handle().execute("CREATE TABLE t (x INTEGER)"));

    assertThat(statements).containsExactly("CREATE TABLE t (x INTEGER)", "CHECKPOINT SYNC");
    assertThat(points).containsExactly("ENROLLED:before", "ENROLLED:inside", "ENROLLED:committed", "SAVE:synced", "ENROLLED:after");
    assertThat(log.length()).isZero();
  }

  @Test
  void whatIsLoggedIsNotSaved() throws Exception {
    transactions.log(Step.ENROLLED, "log", writing -> {
      writing.left(Table.TELEMETRY.shape(), 7);
      return writing.handle().execute("CREATE TABLE t (x INTEGER)");
    });

    assertThat(statements).containsExactly("CREATE TABLE t (x INTEGER)");
    assertThat(points).containsExactly("ENROLLED:before", "ENROLLED:inside", "ENROLLED:logged", "ENROLLED:committed", "ENROLLED:after");
    try (RedoLog written = RedoLog.open(folder)) {
      assertThat(written.next()).map(Redo::rows).contains(List.of(new Redo.Row(Table.TELEMETRY.shape(), List.of(7L))));
      assertThat(written.next()).isEmpty();
    }
  }

  @Test
  void whatIsLoggedAndThenNotCommittedIsTakenBack() throws Exception {
    dying.set("ENROLLED:logged");

    assertThatThrownBy(() -> transactions.log(Step.ENROLLED, "log", writing -> {
      writing.left(Table.TELEMETRY.shape(), 7);
      return true;
    })).hasMessage("the test says so");

    try (RedoLog written = RedoLog.open(folder)) {
      assertThat(written.next()).isEmpty();
    }
    assertThatThrownBy(() -> transactions.read("read", handle -> 1)).as("nobody knows whether it was committed")
        .isInstanceOf(StoreException.class);
  }

  @Test
  void whatCannotBeLoggedEndsTheStore() throws Exception {
    log.close();
    List<String> told = new ArrayList<>();
    transactions.onEnd(told::add);

    assertThatThrownBy(() -> transactions.log(Step.ENROLLED, "log", writing -> {
      writing.left(Table.TELEMETRY.shape(), 7);
      return true;
    })).isInstanceOf(StoreException.class).hasMessageStartingWith("the store could not log: ");

    assertThat(told).hasSize(1);
    assertThatThrownBy(() -> transactions.read("read", handle -> 1)).isInstanceOf(StoreException.class);
  }

  @Test
  void whatIsReadIsNotForced() {
    int one = transactions.read("read", handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());

    assertThat(one).isEqualTo(1);
    assertThat(statements).containsExactly("SELECT 1");
    assertThat(points).isEmpty();
  }

  @Test
  void conflictIsTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();

    String result = transactions.write(Step.ENROLLED, "write", writing -> {
      if (attempts.incrementAndGet() < 5) {
        throw conflict("40001");
      }
      return "done";
    });

    assertThat(result).isEqualTo("done");
    assertThat(attempts).hasValue(5);
  }

  @Test
  void conflictThatDoesNotEndIsAnError() {
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(() -> transactions.write(Step.ENROLLED, "write", writing -> {
      attempts.incrementAndGet();
      throw conflict("HYT00");
    })).isInstanceOf(StoreBusyException.class).hasMessage("the store could not write: somebody else has it");

    assertThat(attempts).hasValue(5);
    assertThat(statements).isEmpty();
    assertThat(points).containsExactly("ENROLLED:before");
  }

  @Test
  void otherErrorIsNotTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(() -> transactions.write(Step.ENROLLED, "write", writing -> {
      attempts.incrementAndGet();
      throw conflict("23505");
    })).isInstanceOf(StoreException.class).isNotInstanceOf(StoreBusyException.class);

    assertThat(attempts).hasValue(1);
  }

  /** As all do but one while a large store is copied, since who waits to write has a connection already. */
  @Test
  void whoGetsNoConnectionInTimeIsToldThatTheStoreIsBusy() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:");
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(250);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      Transactions pooled = new Transactions(Jdbi.create(pool), log, points::add, what -> {});
      pooled.read("read", handle -> {
        assertThatThrownBy(() -> pooled.write(Step.ENROLLED, "write", writing -> 1)).isInstanceOf(StoreBusyException.class);
        return true;
      });
      assertThat(pooled.<Integer>write(Step.ENROLLED, "write", writing -> 1)).isEqualTo(1);
    }
  }

  private static ConnectionException conflict(String state) {
    return new ConnectionException(new SQLException("somebody else has it\nand more", state));
  }
}
