package org.eider.proxy;

import java.net.InetSocketAddress;
import org.eider.discovery.Offer;

/**
 * Where pledges are listened to.
 *
 * @param interfaceName the network interface
 * @param address an address of it, with its scope if it is link-local, and a port
 */
record JoinPort(Mode mode, String interfaceName, InetSocketAddress address) {
  /** What pledges are told. */
  Offer offer() {
    return new Offer(mode.proxy(), interfaceName, address.getAddress(), address.getPort());
  }

  /** {@code tcp://[fe80::1%eth0]:4711}, or {@code udp://[fe80::1%eth0]:4711 stateless}. */
  @Override
  public String toString() {
    return mode.protocol() + "://" + Place.text(address, interfaceName) + (mode == Mode.CIRCUIT ? "" : " " + mode.label());
  }
}
