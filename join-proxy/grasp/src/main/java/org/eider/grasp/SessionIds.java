package org.eider.grasp;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Draws session ids (RFC 8990 section 2.7): 32 bits of a generator that is fit for keys, none that is active, none that was used a short
 * while ago. Safe for many threads.
 */
final class SessionIds {
  /** How many used ones are remembered at most. */
  static final int REMEMBERED = 4096;

  private final RandomGenerator random;
  private final LongSupplier nanos;
  private final Set<Long> active = new HashSet<>();
  private final Map<Long, Long> used = new LinkedHashMap<>();

  SessionIds(RandomGenerator random, LongSupplier nanos) {
    this.random = random;
    this.nanos = nanos;
  }

  /** A fresh one, active until it is released. */
  synchronized long fresh() {
    forget();
    long id;
    do {
      id = random.nextInt() & Message.MAX_UINT32;
    } while (active.contains(id) || used.containsKey(id));
    active.add(id);
    return id;
  }

  /** Whether a session with this id is going on that was begun here. */
  synchronized boolean isActive(long id) {
    return active.contains(id);
  }

  /** The session is over. */
  synchronized void release(long id) {
    if (active.remove(id)) {
      used.put(id, nanos.getAsLong());
      forget();
    }
  }

  private void forget() {
    long now = nanos.getAsLong();
    var oldest = used.entrySet().iterator();
    while (oldest.hasNext() && (now - oldest.next().getValue() > SeenSessions.MEMORY || used.size() > REMEMBERED)) {
      oldest.remove();
    }
  }
}
