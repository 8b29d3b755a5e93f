package org.eider.discovery;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;

/**
 * Something to be found.
 *
 * @param service what it is
 * @param interfaceName the network interface on which it is told
 * @param address where it is, an address of that interface as a rule
 * @param port TCP or UDP port, as the service has it
 */
public record Offer(Service service, String interfaceName, InetAddress address, int port) {
  /** Rejects null and ports that are none. */
  public Offer {
    requireNonNull(service);
    requireNonNull(interfaceName);
    requireNonNull(address);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no port: " + port);
    }
  }
}
