package org.eider.registrar;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that talk to one manufacturer's MASA, and how much is going on there. Threads end when they have nothing to do. Everything
 * but {@link #execute} and {@link #await} is called with the desk's lock held.
 */
final class MasaBulkhead {
  private static final int IDLE_SECONDS = 30;

  private final MasaDeskLimits limits;
  private final ThreadPoolExecutor threads;
  private int active;
  private int running;
  private int kept;
  private int waiters;
  private boolean slow;

  MasaBulkhead(String manufacturer, MasaDeskLimits limits) {
    this.limits = limits;
    // Bounded by hasRoom: what is given to it has been counted before.
    this.threads = new ThreadPoolExecutor(limits.threads(), limits.threads(), IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
        named("masa-" + manufacturer));
    this.threads.allowCoreThreadTimeOut(true);
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Whether one more request may come in. */
  boolean hasRoom() {
    return active < limits.threads() + limits.queue();
  }

  /** Whether there is room for what is repeated: it leaves half of the queue to new requests. */
  boolean hasRoomForRetry() {
    return active < limits.threads() + limits.queue() / 2;
  }

  /** Whether a request may wait; not while the MASA is known to be slow. */
  boolean mayWait() {
    return !slow && waiters < limits.waitersOfOne();
  }

  boolean isFull() {
    return kept >= limits.pendingOfOne();
  }

  boolean isIdle() {
    return kept == 0 && active == 0 && threads.getPoolSize() == 0;
  }

  void keep(int change) {
    kept += change;
  }

  void queued() {
    active++;
  }

  void began() {
    running++;
  }

  /** An attempt ended, {@code prompt} when nobody had to wait long for it. */
  void ended(boolean prompt) {
    running--;
    active--;
    slow = slow && !prompt;
  }

  /** A queued attempt will not be made. */
  void withdrawn() {
    active--;
  }

  void waits(int change) {
    waiters += change;
  }

  /** A request waited in vain: the next ones do not wait until an attempt has been prompt. */
  void wasSlow() {
    slow = true;
  }

  MasaDesk.Share share() {
    return new MasaDesk.Share(kept, active - running, running, waiters, slow);
  }

  void execute(Runnable attempt) {
    threads.execute(attempt);
  }

  /** Begins nothing more. */
  void shutdown() {
    threads.shutdown();
  }

  boolean await(long nanos) throws InterruptedException {
    return threads.awaitTermination(nanos, TimeUnit.NANOSECONDS);
  }
}
