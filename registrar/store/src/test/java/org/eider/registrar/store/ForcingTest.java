package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Forcing is shared, and never skipped for somebody who committed after it began. */
@Timeout(30)
class ForcingTest {
  @Test
  void everyCommitAloneIsForced() {
    AtomicInteger times = new AtomicInteger();
    Forcing forcing = new Forcing(times::incrementAndGet);

    forcing.force();
    forcing.force();
    forcing.force();

    assertThat(times).hasValue(3);
  }

  @Test
  void whoCommitsDuringAForcingIsForcedByTheNextAndSharesIt() throws Exception {
    AtomicInteger times = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore goOn = new Semaphore(0);
    Forcing forcing = new Forcing(() -> {
      times.incrementAndGet();
      begun.countDown();
      goOn.acquireUninterruptibly();
    });
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try {
      Future<?> first = workers.submit(forcing::force);
      begun.await();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Thread late = new Thread(forcing::force);
        late.start();
        threads.add(late);
      }
      while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.BLOCKED)) {
        Thread.onSpinWait();
      }
      goOn.release(8);
      first.get();
      for (Thread late : threads) {
        late.join();
      }
      assertThat(times).hasValue(2);
    } finally {
      workers.shutdownNow();
    }
  }

  /** The system tells of a lost write once, and forcing again succeeds though it is lost. */
  @Test
  void whatFailedOnceFailsForEverybodyAndForGood() {
    AtomicInteger times = new AtomicInteger();
    Forcing forcing = new Forcing(() -> {
      if (times.incrementAndGet() == 1) {
        throw new IllegalStateException("disk full");
      }
    });

    assertThatThrownBy(forcing::force).hasMessage("disk full");
    assertThatThrownBy(forcing::force).hasMessage("disk full");

    assertThat(times).hasValue(1);
  }
}
