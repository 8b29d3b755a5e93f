package org.eider.est.coap;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The bodies that are being sent to a server in blocks and that are not complete. Each of them has a buffer, so they are few: of one
 * session, and of all together. Safe for many threads.
 */
final class Transfers {
  /** Of a session: a client has one request outstanding (RFC 9148 section 4.6), the other one it has given up. */
  static final int MOST_OF_ONE = 2;
  /** A transfer without a new block is given up after this; four retransmissions of a block take up to 45 s (RFC 7252 section 4.8.2). */
  static final long LIFETIME_SECONDS = 60;

  private final int most;
  /** When the last block came, the longest ago first. */
  private final LinkedHashMap<Key, Long> touched = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Object, Integer> ofOne = new HashMap<>();

  private record Key(Object session, String resource) {}

  Transfers(int most) {
    this.most = most;
  }

  /** Counts a block of a body in; tells whether there is room for the body. */
  synchronized boolean take(Object session, String resource, long nanos) {
    expire(nanos);
    Key key = new Key(session, resource);
    if (touched.containsKey(key)) {
      touched.put(key, nanos);
      return true;
    }
    if (touched.size() >= most || ofOne.getOrDefault(session, 0) >= MOST_OF_ONE) {
      return false;
    }
    touched.put(key, nanos);
    ofOne.merge(session, 1, Integer::sum);
    return true;
  }

  /** The body is complete or refused. */
  synchronized void done(Object session, String resource) {
    if (touched.remove(new Key(session, resource)) != null) {
      leave(session);
    }
  }

  synchronized int size() {
    return touched.size();
  }

  private void expire(long nanos) {
    Iterator<Map.Entry<Key, Long>> oldest = touched.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Key, Long> entry = oldest.next();
      if (nanos - entry.getValue() <= TimeUnit.SECONDS.toNanos(LIFETIME_SECONDS)) {
        return;
      }
      oldest.remove();
      leave(entry.getKey().session());
    }
  }

  private void leave(Object session) {
    ofOne.computeIfPresent(session, (one, count) -> count > 1 ? count - 1 : null);
  }
}
