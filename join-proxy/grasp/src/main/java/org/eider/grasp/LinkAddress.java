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

  /** Whether a peer that a socket tells of is one of this link, and of no other: a link-local address counts with its scope only. */
  boolean isNeighbour(InetAddress peer) {
    return isOfALink(peer) && (!(peer instanceof Inet6Address six) || six.isLoopbackAddress() || six.getScopeId() == index);
  }

  /** Whether an address could be one of this link: those in messages have no scope. */
  boolean isOfALink(InetAddress address) {
    return isLoopback() ? address.isLoopbackAddress() : address instanceof Inet6Address && address.isLinkLocalAddress();
  }
}
