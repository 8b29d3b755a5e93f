package org.eider.proxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.eider.limits.AddressRange;

/**
 * Which addresses are on the link of a join port: those of its network. Of IPv6 that are the addresses with its first 64 bits, since pledges
 * have link-local addresses (RFC 8995 section 4.1), so that 64 bits are enough to find one again.
 *
 * @param network the join port's network
 */
record OnLink(AddressRange network) {
  private static final int BITS = 64;

  /** The network of an address of an interface. */
  static OnLink of(String interfaceName, InetAddress address) throws SocketException {
    if (address instanceof Inet6Address) {
      return new OnLink(range(address, BITS));
    }
    NetworkInterface link = NetworkInterface.getByName(interfaceName);
    int bits = link == null ? BITS / 2 : link.getInterfaceAddresses().stream().filter(one -> one.getAddress().equals(address))
        .mapToInt(InterfaceAddress::getNetworkPrefixLength).findFirst().orElse(BITS / 2);
    return new OnLink(range(address, bits));
  }

  boolean holds(InetAddress address) {
    return network.contains(address);
  }

  /** What tells an address from all others of the network. */
  static long host(InetAddress address) {
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address ? octets.getLong(Long.BYTES) : octets.getInt();
  }

  /** The address that {@link #host} was made of; with the scope of {@code own}, the join port's. */
  static InetAddress address(InetAddress own, long host) {
    try {
      if (own instanceof Inet6Address v6) {
        byte[] octets = ByteBuffer.allocate(2 * Long.BYTES).put(own.getAddress(), 0, Long.BYTES).putLong(host).array();
        return Inet6Address.getByAddress(null, octets, v6.getScopeId());
      }
      return InetAddress.getByAddress(ByteBuffer.allocate(Integer.BYTES).putInt((int) host).array());
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("the length is right", e);
    }
  }

  private static AddressRange range(InetAddress address, int bits) {
    byte[] octets = address.getAddress();
    for (int bit = bits; bit < octets.length * 8; bit++) {
      octets[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    try {
      return new AddressRange(InetAddress.getByAddress(octets), bits);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("the length is right", e);
    }
  }
}
