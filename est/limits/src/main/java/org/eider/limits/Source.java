package org.eider.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Whom a connection is put to the account of: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one such
 * address has all of its network. The whole of a link with link-local addresses is one source. Trusted and other addresses of a network
 * are two sources, so that neither gets what the other may use.
 */
public record Source(boolean isV6, long prefix, boolean isTrusted) {
  /** The account of an address. */
  public static Source of(InetAddress address, boolean isTrusted) {
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new Source(true, octets.getLong(), isTrusted) : new Source(false, octets.getInt(), isTrusted);
  }
}
