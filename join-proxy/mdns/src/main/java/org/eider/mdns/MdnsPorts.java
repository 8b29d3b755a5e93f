package org.eider.mdns;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Multicast DNS as it is spoken on an interface: over IPv6, IPv4 or both, as it has addresses. */
final class MdnsPorts {
  /** Of both sides (RFC 6762 section 6). */
  static final int NUMBER = 5353;

  private static final Logger LOG = LoggerFactory.getLogger(MdnsPorts.class);
  private static final int HOPS = 255;

  private MdnsPorts() {}

  static void open(NetworkInterface link, int number, List<LinkPort> ports) throws IOException {
    List<InetAddress> addresses = Collections.list(link.getInetAddresses());
    if (addresses.stream().anyMatch(Inet6Address.class::isInstance)) {
      ports.add(LinkPort.group(link, group(true), number, HOPS));
    }
    if (addresses.stream().anyMatch(address -> !(address instanceof Inet6Address))) {
      ports.add(LinkPort.group(link, group(false), number, HOPS));
    }
  }

  /** Sends to everybody on the link; tells whether it went over at least one IP version. */
  static boolean send(List<LinkPort> ports, DnsMessage message) {
    byte[] datagram = message.encode().toArray();
    boolean sent = false;
    for (LinkPort port : ports) {
      try {
        port.send(datagram, new InetSocketAddress(group(port.isIpv6()), port.number()));
        sent = true;
      } catch (IOException e) {
        LOG.debug("cannot send on {}: {}", port.link().getName(), e.getMessage());
      }
    }
    return sent;
  }

  private static InetAddress group(boolean isIpv6) throws IOException {
    return InetAddress.getByName(isIpv6 ? "ff02::fb" : "224.0.0.251");
  }
}
