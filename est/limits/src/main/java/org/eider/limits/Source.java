package org.eider.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.eider.limits.SourceRules.Standing;

/**
 * Whom a connection is put to the account of: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one such
 * address has all of its network. Link-local addresses have accounts of their own, since their first 64 bits are the same on every link; a
 * peer can make up as many of them as it likes, so what bounds a link are the limits for all. So has each join proxy that is named as one.
 * Addresses of a network that are known as something else are another source, so that neither gets what the other may use.
 *
 * @param isV6 of which IP version the address is
 * @param prefix an IPv4 address, or the first 64 bits of an IPv6 address
 * @param rest the last 64 bits of an IPv6 address that has an account of its own; 0 for any other
 * @param standing which bounds hold
 */
public record Source(boolean isV6, long prefix, long rest, Standing standing) {
  /** The account of an address. */
  public static Source of(InetAddress address, Standing standing) {
    if (address.isLinkLocalAddress() || standing == Standing.JOIN_PROXY) {
      return exactly(address, standing);
    }
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new Source(true, octets.getLong(), 0, standing) : new Source(false, octets.getInt(), 0, standing);
  }

  /**
   * The account of an address that has one of its own, whoever else is in its network: a join proxy's, since those of one mesh share a
   * prefix, and each stands for many pledges.
   */
  public static Source exactly(InetAddress address, Standing standing) {
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new Source(true, octets.getLong(), octets.getLong(), standing) : new Source(false, octets.getInt(), 0, standing);
  }
}
