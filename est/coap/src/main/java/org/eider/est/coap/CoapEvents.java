package org.eider.est.coap;

import java.util.Optional;

/**
 * What happens on a server, for who counts it. Called by many threads at once: an implementation returns quickly and never throws.
 * Nothing here comes from a peer's text.
 */
public interface CoapEvents {
  /** Listens to nothing. */
  CoapEvents NONE = new CoapEvents() {};

  /** What was not served, so that others could be. */
  enum Shed {
    /** A handshake: its source makes too many. */
    SOURCE_HANDSHAKES,
    /** A handshake: all sources together make too many. */
    HANDSHAKES,
    /** A handshake that was not finished, to let another begin. */
    HANDSHAKE,
    /** A session that idled, to let another in, as the server is full or its source holds all it may. */
    SESSION,
    /** A new session: the server is full, and nobody idles. */
    SESSIONS,
    /** A new session: its source holds too many, and none of them idles. */
    SOURCE_SESSIONS,
    /** A request: its source makes too many, answered with 5.03. */
    SOURCE_REQUESTS,
    /** A request: its source has too many in flight, answered with 5.03. */
    SOURCE_SHARE,
    /** A request: all workers are busy and the queue is full, answered with 5.03. */
    QUEUE_FULL,
    /** A body in blocks: its session or the server has too many unfinished, answered with 5.03. */
    TRANSFERS
  }

  /**
   * One exchange.
   *
   * @param route the route as it was registered; empty when none answers the path
   * @param code of the answer
   * @param reason the name of a constant that says why it was refused
   * @param nanos from the last block of the request to the answer
   */
  record Exchange(Optional<String> route, CoapCode code, Optional<String> reason, long nanos) {}

  /** A DTLS session was established. */
  default void sessionOpened() {}

  /** A DTLS session is forgotten, by whatever reason. */
  default void sessionClosed() {}

  /** A DTLS handshake is finished, {@code nanos} after its cookie was verified. */
  default void handshakeDone(long nanos) {}

  /** A DTLS handshake has failed or was given up. */
  default void handshakeFailed(long nanos) {}

  /** An exchange has been answered. */
  default void exchange(Exchange exchange) {}

  /** A datagram was dropped that is not in the framing of a server whose clients come through relays, or that would not fit a link. */
  default void datagramDropped() {}

  /** Something was shed. */
  default void shed(Shed what) {}
}
