package org.eider.pledge;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.eider.testkit.TestPki;

/** Time that passes only when somebody waits. */
final class FakeTime {
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final AtomicLong passed = new AtomicLong();

  PledgeTime time() {
    return new PledgeTime(() -> TestPki.NOW.plusNanos(passed.get()), true, passed::get, this::sleep);
  }

  private void sleep(Duration duration) {
    pauses.add(duration);
    passed.addAndGet(duration.toNanos());
  }
}
