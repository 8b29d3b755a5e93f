package org.eider.registrar.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Ends this process as SIGKILL would, without hooks or last words to the disk, at the n-th passing of a point. */
final class Fuse {
  private static final int KILLED = 137;

  private final Map<String, Integer> passed = new TreeMap<>();
  private final Consumer<String> lastWords;
  private String armed = "";
  private int left;

  Fuse(Consumer<String> lastWords) {
    this.lastWords = lastWords;
  }

  synchronized void arm(String point, int passings) {
    armed = point;
    left = passings;
  }

  synchronized void at(String point) {
    passed.merge(point, 1, Integer::sum);
    if (point.equals(armed) && --left <= 0) {
      lastWords.accept(point);
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /** Every point that was passed, and how often: {@code POINT=N}, separated by blanks. */
  synchronized String passed() {
    StringBuilder text = new StringBuilder();
    passed.forEach((point, times) -> text.append(text.isEmpty() ? "" : " ").append(point).append('=').append(times));
    return text.toString();
  }
}
