package org.eider.registrar.server.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A table of meters that does not grow without bound: when it is full, further keys share one.
 *
 * @param <K> labels
 * @param <M> meter
 */
final class Bounded<K, M> {
  private final int most;
  private final K other;
  private final Function<K, M> make;
  private final Map<K, M> meters = new ConcurrentHashMap<>();

  Bounded(int most, K other, Function<K, M> make) {
    this.most = most;
    this.other = other;
    this.make = make;
  }

  M of(K key) {
    M known = meters.get(key);
    if (known != null) {
      return known;
    }
    return meters.computeIfAbsent(meters.size() < most ? key : other, make);
  }
}
