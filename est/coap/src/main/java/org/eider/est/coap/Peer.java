package org.eider.est.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a client is.
 *
 * @param address its own; of one that comes through a relay, the one that {@link ReturnPaths} has given it
 * @param via the relay through which it comes
 */
record Peer(InetSocketAddress address, Optional<InetSocketAddress> via) {
  /** Somebody who really is where the datagrams come from: to whose account it goes, and what services are told. */
  InetSocketAddress real() {
    return via.orElse(address);
  }

  /** The address to whose account it goes. */
  InetAddress account() {
    return real().getAddress();
  }
}
