package org.eider.est.coap;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The bodies that one peer is sending in blocks and that are not complete: each of them has a buffer, so there are few. Safe for many
 * threads.
 */
final class Transfers {
  /** Bodies at a time: a client has one request outstanding (RFC 9148 section 4.6), the other one it has given up. */
  static final int MOST = 2;
  /** A transfer without a new block is given up after this; four retransmissions of a block take up to 45 s (RFC 7252 section 4.8.2). */
  static final long LIFETIME_SECONDS = 60;

  private final Map<String, Long> touched = new HashMap<>(2);

  /** Counts a block of a body in; tells whether there is room for the body. */
  synchronized boolean take(String resource, long nanos) {
    touched.values().removeIf(last -> nanos - last > TimeUnit.SECONDS.toNanos(LIFETIME_SECONDS));
    if (touched.size() >= MOST && !touched.containsKey(resource)) {
      return false;
    }
    touched.put(resource, nanos);
    return true;
  }

  /** The body is complete or refused. */
  synchronized void done(String resource) {
    touched.remove(resource);
  }
}
