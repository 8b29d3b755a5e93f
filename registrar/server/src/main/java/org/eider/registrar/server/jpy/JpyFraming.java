package org.eider.registrar.server.jpy;

import org.eider.est.coap.DatagramFraming;
import org.eider.jpy.JpyMessage;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** One JPY message in each datagram, directly on UDP (draft-ietf-anima-constrained-join-proxy section 4.4). */
public final class JpyFraming implements DatagramFraming {
  /** The head of an array of two; of a byte string of up to 255 octets, with them; of one of up to 65535. */
  private static final int OVERHEAD = 1 + 2 + JpyMessage.MAX_HEADER + 3;

  /** The framing. */
  public JpyFraming() {}

  @Override
  public Frame unwrap(Octets datagram) throws DecodeException {
    JpyMessage message = JpyMessage.decode(datagram);
    return new Frame(message.header(), message.content());
  }

  @Override
  public Octets wrap(Frame frame) {
    return new JpyMessage(frame.header(), frame.payload()).encode();
  }

  @Override
  public int overhead() {
    return OVERHEAD;
  }
}
