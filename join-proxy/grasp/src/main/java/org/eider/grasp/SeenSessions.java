package org.eider.grasp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Which sessions have passed here, for twice GRASP_DEF_TIMEOUT (RFC 8990 section 2.5.6.2). Safe for many threads. */
final class SeenSessions {
  /** How long one is remembered, in nanoseconds. */
  static final long MEMORY = TimeUnit.SECONDS.toNanos(120);

  private final int most;
  private final LongSupplier nanos;
  private final Map<SessionKey, Long> seen = new LinkedHashMap<>();

  SeenSessions(int most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
  }

  /** Whether the session has passed already. */
  synchronized boolean contains(SessionKey key) {
    forget();
    return seen.containsKey(key);
  }

  /** Remembers it, and tells whether it is new; false as well when there is no room, since then nobody could tell later. */
  synchronized boolean add(SessionKey key) {
    forget();
    if (seen.containsKey(key) || seen.size() >= most) {
      return false;
    }
    seen.put(key, nanos.getAsLong());
    return true;
  }

  synchronized int size() {
    return seen.size();
  }

  private void forget() {
    long now = nanos.getAsLong();
    var oldest = seen.values().iterator();
    while (oldest.hasNext() && now - oldest.next() > MEMORY) {
      oldest.remove();
    }
  }
}
