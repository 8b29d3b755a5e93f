package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.eider.registrar.store.Facts.NOW;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.eider.registrar.Journal.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file is not touched by others while a transaction is half done: the half could stay in it. */
class AloneTest {
  @TempDir
  private Path folder;

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicReference<Thread> paused = new AtomicReference<>();

  @Test
  void nothingIsCopiedInTheMiddleOfATransaction() throws Exception {
    Path zip = folder.resolve("copy.zip");

    assertWaits(store -> store.snapshotTo(zip), () -> !Files.exists(zip));
  }

  @Test
  void nothingElseIsCommittedInTheMiddleOfATransaction() throws Exception {
    assertWaits(store -> store.journal().note(Step.STOPPED, "by the test"), () -> true);
  }

  /** What one thread does to the store. */
  @FunctionalInterface
  private interface Doing {
    void with(SqlStore store);
  }

  private void assertWaits(Doing doing, BooleanSupplier nothingYet) throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(folder), this::pause, InstantSource.fixed(NOW))) {
      Thread writer = new Thread(() -> store.devices().append(List.of(Facts.exchange(JournalTest.ONE, NOW, "s-1"))));
      Thread other = new Thread(() -> doing.with(store));
      paused.set(writer);
      writer.start();
      await().until(() -> paused.get() == null);
      other.start();

      await().until(() -> other.getState() == Thread.State.WAITING);
      assertThat(nothingYet.getAsBoolean()).isTrue();

      release.countDown();
      writer.join();
      other.join();
      assertThat(store.journal().verify(number -> {}).faults()).isEmpty();
      assertThat(store.devices().device(JournalTest.ONE)).isPresent();
    } finally {
      release.countDown();
    }
  }

  private void pause(String point) {
    if (point.endsWith(":inside") && paused.compareAndSet(Thread.currentThread(), null)) {
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
