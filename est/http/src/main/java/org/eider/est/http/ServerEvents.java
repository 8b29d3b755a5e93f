package org.eider.est.http;

import java.util.Optional;

/**
 * What happens on a server, for who counts it. Called on event loops and workers, by many threads at once: an implementation returns
 * quickly and never throws. Nothing here comes from a peer's text.
 */
public interface ServerEvents {
  /** Listens to nothing. */
  ServerEvents NONE = new ServerEvents() {};

  /** What was not served, so that others could be. */
  enum Shed {
    /** A new connection: the server is full, and nobody idles. */
    CONNECTIONS,
    /** An open connection that idled, to let another in, as the server is full or its source holds all it may. */
    IDLE_CONNECTION,
    /** A new connection: its source holds too many, and none of them idles. */
    SOURCE_CONNECTIONS,
    /** A handshake that was not finished, to let another begin. */
    HANDSHAKE,
    /** A new connection: its source makes too many handshakes. */
    SOURCE_HANDSHAKES,
    /** A request: its source makes too many, answered with 503. */
    SOURCE_REQUESTS,
    /** A request: its source has too many in flight, answered with 503. */
    SOURCE_SHARE,
    /** A request: all workers are busy and the queue is full, answered with 503. */
    QUEUE_FULL,
    /** A new connection: the server is stopping. */
    STOPPING
  }

  /**
   * One exchange.
   *
   * @param route the route as it was registered; empty when none answers the path
   * @param status of the answer
   * @param reason the name of a constant that says why it was refused
   * @param nanos from the first octet of the request to the last of the answer
   */
  record Exchange(Optional<String> route, int status, Optional<String> reason, long nanos) {}

  /** A connection was let in. */
  default void connectionOpened() {}

  /** A connection that was let in has ended. */
  default void connectionClosed() {}

  /** A TLS handshake is finished, {@code nanos} after the connection was let in. */
  default void handshakeDone(long nanos) {}

  /** A TLS handshake has failed or was given up. */
  default void handshakeFailed(long nanos) {}

  /** An exchange has ended, whether its answer was taken or not. */
  default void exchange(Exchange exchange) {}

  /** Something was shed. */
  default void shed(Shed what) {}
}
