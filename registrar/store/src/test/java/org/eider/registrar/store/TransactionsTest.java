package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.StoreBusyException;
import org.eider.registrar.StoreException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retries, forcing and errors. */
class TransactionsTest {
  private final List<String> statements = new ArrayList<>();
  private final List<String> points = new ArrayList<>();
  private Transactions transactions;

  @BeforeEach
  void open() {
    Jdbi jdbi = Jdbi.create("jdbc:h2:mem:");
    jdbi.setSqlLogger(new SqlLogger() {
      @Override
      public void logAfterExecution(StatementContext context) {
        statements.add(context.getRenderedSql());
      }
    });
    transactions = new Transactions(jdbi, points::add, what -> {});
  }

  @Test
  void whatIsWrittenIsForcedAfterwards() {
    transactions.write(Step.ENROLLED, "write", writing -> writing.handle().execute("CREATE TABLE t (x INTEGER)"));

    assertThat(statements).containsExactly("CREATE TABLE t (x INTEGER)", "CHECKPOINT SYNC");
    assertThat(points).containsExactly("ENROLLED:before", "ENROLLED:inside", "ENROLLED:committed", "ENROLLED:after");
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
      Transactions pooled = new Transactions(Jdbi.create(pool), points::add, what -> {});
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
