package org.eider.registrar;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.eider.testkit.TestPki;

/** A clock that stands still until it is moved. */
final class TestClock implements InstantSource {
  private volatile Instant now = TestPki.NOW;

  @Override
  public Instant instant() {
    return now;
  }

  void set(Instant time) {
    now = time;
  }

  void advance(Duration duration) {
    now = now.plus(duration);
  }
}
