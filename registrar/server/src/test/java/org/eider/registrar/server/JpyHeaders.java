package org.eider.registrar.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eider.jpy.JpyMessage;
import org.eider.testkit.HeaderRelay;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** How a stateless join proxy wraps what pledges send. */
final class JpyHeaders implements HeaderRelay.Framing {
  /** A stateless join proxy before a registrar on loopback. */
  static HeaderRelay proxy(int port) throws IOException {
    return new HeaderRelay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), new JpyHeaders());
  }

  @Override
  public Octets wrap(HeaderRelay.Parts parts) {
    return new JpyMessage(parts.header(), parts.payload()).encode();
  }

  @Override
  public HeaderRelay.Parts unwrap(Octets datagram) throws DecodeException {
    JpyMessage message = JpyMessage.decode(datagram);
    return new HeaderRelay.Parts(message.header(), message.content());
  }
}
