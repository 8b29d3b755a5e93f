package org.eider.est.coap;

import org.eider.testkit.HeaderRelay;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** {@link Prefix} as a relay has it. */
final class PrefixHeaders implements HeaderRelay.Framing {
  private final DatagramFraming framing = new Prefix();

  @Override
  public Octets wrap(HeaderRelay.Parts parts) {
    return framing.wrap(new DatagramFraming.Frame(parts.header(), parts.payload()));
  }

  @Override
  public HeaderRelay.Parts unwrap(Octets datagram) throws DecodeException {
    DatagramFraming.Frame frame = framing.unwrap(datagram);
    return new HeaderRelay.Parts(frame.header(), frame.payload());
  }
}
