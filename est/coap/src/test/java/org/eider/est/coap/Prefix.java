package org.eider.est.coap;

import java.util.Arrays;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** A framing for tests: the header's length, the header, the payload. */
final class Prefix implements DatagramFraming {
  @Override
  public Frame unwrap(Octets datagram) throws DecodeException {
    byte[] all = datagram.toArray();
    int end = all.length == 0 ? 1 : 1 + (all[0] & 0xff);
    if (end > all.length) {
      throw new DecodeException(Flaw.TRUNCATED, "header", "ends too early");
    }
    return new Frame(Octets.of(Arrays.copyOfRange(all, 1, end)), Octets.of(Arrays.copyOfRange(all, end, all.length)));
  }

  @Override
  public Octets wrap(Frame frame) {
    byte[] header = frame.header().toArray();
    byte[] payload = frame.payload().toArray();
    byte[] all = new byte[1 + header.length + payload.length];
    all[0] = (byte) header.length;
    System.arraycopy(header, 0, all, 1, header.length);
    System.arraycopy(payload, 0, all, 1 + header.length, payload.length);
    return Octets.of(all);
  }

  @Override
  public int overhead() {
    return 256;
  }
}
