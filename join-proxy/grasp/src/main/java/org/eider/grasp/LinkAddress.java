package org.eider.grasp;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;

/**
 * Our address on a link: a link-local one of IPv6. Many systems do not route multicast of IPv6 on the loopback interface; there it is
 * the loopback address of IPv4, and the group of IPv4 with it.
 *
 * @param name of the interface
 * @param index of the interface; another one after it has been made anew
 * @param address with its scope
 */
record LinkAddress(String name, int index, InetAddress address) {
  /** As it is now; empty when the interface is not there, is down, or has no such address yet. */
  static Optional<LinkAddress> of(String name) throws SocketException {
    NetworkInterface found = NetworkInterface.getByName(name);
    if (found == null || !found.isUp()) {
      return Optional.empty();
    }
    boolean isLoopback = found.isLoopback();
    return Collections.list(found.getInetAddresses()).stream()
        .filter(each -> isLoopback ? each instanceof Inet4Address && each.isLoopbackAddress()
            : each instanceof Inet6Address && each.isLinkLocalAddress())
        .min(Comparator.comparing(InetAddress::getHostAddress))
        .map(each -> new LinkAddress(name, found.getIndex(), each));
  }

  /** Whether the interface leads back to this host. */
  boolean isLoopback() {
    return address.isLoopbackAddress();
  }

  /** Whether a source is one of the link. */
  boolean isNeighbour(InetAddress source) {
    return isLoopback() ? source.isLoopbackAddress() : source instanceof Inet6Address && source.isLinkLocalAddress();
  }
}
