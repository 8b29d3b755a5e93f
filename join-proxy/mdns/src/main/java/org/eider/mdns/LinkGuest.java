package org.eider.mdns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.eider.wire.Octets;

/** Who speaks on interfaces, by a {@link LinkLoop}. All methods are called on its thread and must not block. */
public interface LinkGuest {
  /**
   * Opens the ports that are needed on an interface which is there now, or there with other addresses.
   *
   * @param ports takes each port as soon as it is open, so that the loop closes it when the next one fails
   */
  void open(NetworkInterface link, List<LinkPort> ports) throws IOException;

  /** The interface is ready, with these ports; whoever was on it before counts no more. */
  void up(String interfaceName, List<LinkPort> ports);

  /** The interface is gone or changed, its ports are closed. */
  void down(String interfaceName);

  /** A datagram, not looked at. */
  void received(LinkPort port, InetSocketAddress source, Octets datagram);

  /** Does what is due. Returns in how many nanoseconds something is due again. */
  long tick();

  /** The last call, with the ports still open. */
  void ending();
}
