package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.eider.registrar.store.Facts.NOW;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.util.Throwables;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that is closed under the store, as H2 does when it cannot write its file. */
class StoreEndTest {
  private static final DeviceId ONE = new DeviceId("acme", "SN-1");

  @TempDir private Path data;

  private final AtomicReference<String> deadly = new AtomicReference<>("");
  private final List<String> told = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"VOUCHER_REQUESTED:before", "VOUCHER_REQUESTED:inside", "VOUCHER_REQUESTED:logged"})
  void whatWasNotCommittedBeforeTheDatabaseWasClosedIsNeverRecorded(String moment) throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "before")));
      deadly.set(moment);

      Throwable failure = catchThrowable(() -> store.devices().append(List.of(Facts.note(ONE, NOW, "lost?"))));

      assertThat(failure).isInstanceOf(StoreException.class);
      assertThat(told).as("reasons told, after %s", Throwables.getStackTrace(failure)).hasSize(1);
      assertThatThrownBy(() -> store.devices().append(List.of(Facts.note(ONE, NOW, "after")))).isInstanceOf(StoreException.class)
          .hasMessageContaining("it cannot be used any more (" + told.get(0) + ")");
      assertThatThrownBy(() -> store.devices().device(ONE)).isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> store.journal().verify(checked -> { })).isInstanceOf(StoreException.class);
      assertThat(told).hasSize(1);
    }
    deadly.set("");
    try (SqlStore store = open()) {
      assertThat(store.devices().history(ONE, 9)).last().satisfies(first -> assertThat(first.detail()).isEqualTo("before"));
      assertThat(store.journal().verify(checked -> { }).isGood()).isTrue();
      store.devices().append(List.of(Facts.note(ONE, NOW, "after")));
    }
  }

  /** It is in the log, and the next opening takes it from there. */
  @Test
  void whatWasCommittedBeforeTheDatabaseWasClosedIsRecorded() throws Exception {
    try (SqlStore store = open()) {
      deadly.set("VOUCHER_REQUESTED:committed");
      store.devices().append(List.of(Facts.note(ONE, NOW, "recorded")));
      assertThatThrownBy(() -> store.devices().append(List.of(Facts.note(ONE, NOW, "after")))).isInstanceOf(StoreException.class);
    }
    deadly.set("");
    try (SqlStore store = open()) {
      assertThat(store.devices().history(ONE, 9)).extracting(Fact.DeviceEvent::detail).containsExactly("recorded");
      assertThat(store.journal().verify(checked -> { }).isGood()).isTrue();
    }
  }

  @Test
  void whoListensTooLateIsToldAtOnce() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data))) {
      shutDown();
      assertThatThrownBy(() -> store.devices().device(ONE)).isInstanceOf(StoreException.class);
      store.onEnd(told::add);
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void aCopyThatCannotBeWrittenEndsNothing() throws Exception {
    try (SqlStore store = open()) {
      Path folder = Files.createDirectory(data.resolve("copy"));
      assertThatThrownBy(() -> store.copyTo(folder)).isInstanceOf(StoreException.class);
      store.devices().append(List.of(Facts.note(ONE, NOW, "after")));
      assertThat(told).isEmpty();
    }
  }

  private SqlStore open() throws StoreUnavailable {
    SqlStore store = SqlStore.open(StoreConfig.in(data), point -> {
      if (point.equals(deadly.get())) {
        shutDown();
      }
    });
    store.onEnd(told::add);
    return store;
  }

  private void shutDown() {
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    } catch (SQLException closed) {
      assertThat(closed.getMessage()).contains("closed");
    } catch (StoreUnavailable e) {
      throw new AssertionError(e);
    }
  }
}
