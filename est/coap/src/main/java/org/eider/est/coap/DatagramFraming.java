package org.eider.est.coap;

import static java.util.Objects.requireNonNull;

import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * How DTLS stands in a datagram together with a header by which whoever relays it finds the client again. The header is part of the
 * client's identity, and is sent back as it came; nobody here looks into it. Safe for many threads.
 */
public interface DatagramFraming {
  /**
   * A datagram taken apart.
   *
   * @param header opaque, the relay's own
   * @param payload what the relay got from its client, or is to give to it
   */
  record Frame(Octets header, Octets payload) {
    /** Rejects null. */
    public Frame {
      requireNonNull(header);
      requireNonNull(payload);
    }
  }

  /**
   * Takes a datagram apart.
   *
   * @throws DecodeException when it is not of this form; it is dropped then, without an answer
   */
  Frame unwrap(Octets datagram) throws DecodeException;

  /** The datagram of a header and a payload. */
  Octets wrap(Frame frame);

  /** How many octets longer a datagram is than its payload, whatever header {@link #unwrap} has taken. */
  int overhead();
}
