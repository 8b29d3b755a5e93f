package org.eider.grasp;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.StringJoiner;
import org.eider.wire.Octets;

/**
 * An IP address as messages carry it: four octets or sixteen, and no scope.
 *
 * @param octets in network order
 */
public record Address(Octets octets) {
  private static final int V4 = 4;
  private static final int V6 = 16;

  /** Rejects what has neither length. */
  public Address {
    if (octets.size() != V4 && octets.size() != V6) {
      throw new IllegalArgumentException("an address of " + octets.size() + " octets");
    }
  }

  /** The same address, without its scope. */
  public static Address of(InetAddress address) {
    return new Address(Octets.of(address.getAddress()));
  }

  /** Whether it is of IPv6; one that embeds an IPv4 address is. */
  public boolean isV6() {
    return octets.size() == V6;
  }

  /** Whether it is of use on one link only. */
  public boolean isLinkLocal() {
    return inet().isLinkLocalAddress();
  }

  /** For sockets; without a scope. */
  public InetAddress inet() {
    return isV6() ? inet6(0) : inet4();
  }

  /** For sockets, with the scope of a link where the address needs one. */
  public InetAddress inet(int scope) {
    return isV6() && isLinkLocal() ? inet6(scope) : inet();
  }

  /** An IPv6 address in the form of RFC 5952, or four decimal numbers. */
  @Override
  public String toString() {
    if (!isV6()) {
      return inet4().getHostAddress();
    }
    int start = 0;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int zeros = zerosFrom(i);
      if (zeros > length) {
        start = i;
        length = zeros;
      }
    }
    return length == 1 ? groups(0, 8) : groups(0, start) + "::" + groups(start + length, 8);
  }

  private int zerosFrom(int group) {
    int end = group;
    while (end < 8 && group(end) == 0) {
      end++;
    }
    return end - group;
  }

  private String groups(int from, int to) {
    StringJoiner joined = new StringJoiner(":");
    for (int i = from; i < to; i++) {
      joined.add(Integer.toHexString(group(i)));
    }
    return joined.toString();
  }

  private int group(int index) {
    return octets.at(2 * index) << 8 | octets.at(2 * index + 1);
  }

  private Inet4Address inet4() {
    try {
      return (Inet4Address) InetAddress.getByAddress(octets.toArray());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length has been checked", e);
    }
  }

  private Inet6Address inet6(int scope) {
    try {
      return Inet6Address.getByAddress("", octets.toArray(), scope == 0 ? -1 : scope);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length has been checked", e);
    }
  }
}
