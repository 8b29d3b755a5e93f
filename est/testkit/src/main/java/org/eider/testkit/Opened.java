package org.eider.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a test has opened. As a field with {@code @AutoClose} it is closed after each test, in reverse. Not thread-safe. */
public final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Has {@code part} closed before all that were kept earlier, and returns it. */
  public <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /** Closes everything, whatever becomes of one; fails the test when one could not be closed. */
  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // the others are closed all the same
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      AssertionError failure = new AssertionError("what was opened could not be closed");
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
