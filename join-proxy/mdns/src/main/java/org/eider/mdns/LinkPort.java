package org.eider.mdns;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A UDP port on one network interface, which it does not leave. Shared with others on the machine who share it too. */
public final class LinkPort {
  private final DatagramChannel channel;
  private final NetworkInterface link;
  private final boolean isGroup;
  private final boolean isIpv6;

  private LinkPort(DatagramChannel channel, NetworkInterface link, boolean isGroup, boolean isIpv6) {
    this.channel = channel;
    this.link = link;
    this.isGroup = isGroup;
    this.isIpv6 = isIpv6;
  }

  /**
   * What arrives at a link-local multicast group on this interface, and nothing that was sent to one address alone.
   *
   * @param hops hop limit of what is sent to groups
   * @throws IOException when the port is taken by somebody who does not share it, or the interface is not ready
   */
  public static LinkPort group(NetworkInterface link, InetAddress group, int port, int hops) throws IOException {
    InetAddress scoped = on(link, group);
    LinkPort opened = open(link, scoped instanceof Inet6Address, true, hops, new InetSocketAddress(scoped, port));
    try {
      opened.channel.join(scoped, link);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  /** What arrives at one address of this interface. */
  public static LinkPort own(NetworkInterface link, InetAddress address, int port) throws IOException {
    return open(link, address instanceof Inet6Address, false, 1, new InetSocketAddress(address, port));
  }

  /** A port that the system chooses, to ask from. Answers may arrive by any interface: see {@link #isOnLink}. */
  public static LinkPort asking(NetworkInterface link, int hops) throws IOException {
    return open(link, true, false, hops, new InetSocketAddress(InetAddress.getByName("::"), 0));
  }

  private static LinkPort open(NetworkInterface link, boolean isIpv6, boolean isGroup, int hops, InetSocketAddress where) throws IOException {
    ProtocolFamily family = isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    DatagramChannel channel = DatagramChannel.open(family);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.setOption(StandardSocketOptions.SO_REUSEPORT, where.getPort() != 0);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, link);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, hops);
      channel.bind(where);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new LinkPort(channel, link, isGroup, isIpv6);
  }

  /** The address with the interface as its scope, if it is one that has a scope. */
  public static InetAddress on(NetworkInterface link, InetAddress address) throws IOException {
    boolean isScoped = address instanceof Inet6Address && (address.isLinkLocalAddress() || address.isMCLinkLocal());
    if (!isScoped) {
      return address;
    }
    boolean hasLinkLocal = link.inetAddresses().anyMatch(own -> own instanceof Inet6Address && own.isLinkLocalAddress());
    return hasLinkLocal ? Inet6Address.getByAddress(null, address.getAddress(), link)
        : Inet6Address.getByAddress(null, address.getAddress(), link.getIndex());
  }

  /** Whether the address can only be that of a neighbour on this interface: link-local there, or the machine itself on its loopback. */
  public boolean isOnLink(InetAddress address) {
    return isOnLink(link, address);
  }

  /** Whether it is such an address, or one within a network of the interface (RFC 6762 section 11). */
  public static boolean isNeighbour(NetworkInterface link, InetAddress address) {
    return isOnLink(link, address)
        || !address.isLinkLocalAddress() && link.getInterfaceAddresses().stream().anyMatch(own -> isWithin(own, address));
  }

  private static boolean isOnLink(NetworkInterface link, InetAddress address) {
    if (address.isLoopbackAddress()) {
      return link.getInterfaceAddresses().stream().anyMatch(own -> own.getAddress().isLoopbackAddress());
    }
    return address instanceof Inet6Address six && six.isLinkLocalAddress() && six.getScopeId() == link.getIndex();
  }

  private static boolean isWithin(InterfaceAddress network, InetAddress address) {
    byte[] ours = network.getAddress().getAddress();
    byte[] theirs = address.getAddress();
    int bits = network.getNetworkPrefixLength();
    if (ours.length != theirs.length || bits <= 0) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (((ours[bit / 8] ^ theirs[bit / 8]) & 0x80 >> bit % 8) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The interface. */
  public NetworkInterface link() {
    return link;
  }

  /** Whether this receives what is sent to a group; else what is sent to one address. */
  public boolean isGroup() {
    return isGroup;
  }

  /** Whether this is of IPv6; else of IPv4. */
  public boolean isIpv6() {
    return isIpv6;
  }

  /** The port number. */
  public int number() {
    return channel.socket().getLocalPort();
  }

  /** Sends; a group as destination is reached on this interface. Drops it when the system has no room. */
  public void send(byte[] datagram, InetSocketAddress to) throws IOException {
    channel.send(ByteBuffer.wrap(datagram), new InetSocketAddress(on(link, to.getAddress()), to.getPort()));
  }

  DatagramChannel channel() {
    return channel;
  }

  /** Closes it; the loop that reads it does that by itself. */
  public void close() throws IOException {
    channel.close();
  }
}
