package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.eider.registrar.store.Facts.NOW;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.StoreException;
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
    Path copy = folder.resolve("copy");

    assertWaits(store -> store.copyTo(copy), () -> !Files.exists(copy));
  }

  @Test
  void nothingElseIsCommittedInTheMiddleOfATransaction() throws Exception {
    assertWaits(store -> store.journal().note(Step.STOPPED, "by the test"), () -> true);
  }

  @Test
  void whatIsCopiedIsOfTheMomentAtWhichCopyingBeganAndHoldsUpNobody() throws Exception {
    Path copy = Files.createDirectories(folder.resolve("copied/store")).resolve("eider.mv.db");
    AtomicReference<SqlStore> copied = new AtomicReference<>();
    StoreProbe probe = point -> {
      if (point.equals("COPY:begun")) {
        CompletableFuture.runAsync(() -> {
          copied.get().manufacturers().put(JournalTest.acme(Manufacturer.Admission.AUTO)); // is saved at once, behind what is copied
          copied.get().devices().append(List.of(Facts.requested(JournalTest.ONE, NOW)));
        }).orTimeout(30, TimeUnit.SECONDS).join();
      }
    };
    try (SqlStore store = SqlStore.open(StoreConfig.in(folder), probe, InstantSource.fixed(NOW))) {
      copied.set(store);
      store.journal().note(Step.STARTED, "by the test");
      store.copyTo(copy);
      assertThat(store.journal().head().number()).isEqualTo(3);
    }

    try (SqlStore store = SqlStore.open(StoreConfig.in(folder.resolve("copied")))) {
      assertThat(store.journal().head().number()).isEqualTo(1);
      assertThat(store.journal().verify(number -> {}).faults()).isEmpty();
    }
  }

  @Test
  void copyingEndsWhenTheStoreIsToBeClosed() throws Exception {
    AtomicReference<SqlStore> copied = new AtomicReference<>();
    CompletableFuture<Thread> closing = new CompletableFuture<>();
    SqlStore store = SqlStore.open(StoreConfig.in(folder), point -> {
      if (point.equals("COPY:begun")) {
        Thread closer = new Thread(copied.get()::close);
        closer.start();
        await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        closing.complete(closer);
      }
    }, InstantSource.fixed(NOW));
    copied.set(store);
    store.journal().note(Step.STARTED, "by the test");

    assertThatThrownBy(() -> store.copyTo(folder.resolve("copy"))).isInstanceOf(StoreException.class).hasMessageContaining("is being closed");

    closing.get(1, TimeUnit.SECONDS).join();
    try (SqlStore again = SqlStore.open(StoreConfig.in(folder))) {
      assertThat(again.journal().verify(number -> {}).faults()).isEmpty();
    }
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
