package org.eider.discovery;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Something that was found. Two sightings with the same service, method, address and interface are of the same thing.
 *
 * @param service what it is
 * @param method how it was found
 * @param address where it is; resolved, with the scope when it is link-local
 * @param interfaceName the network interface on which it was found
 * @param priority lower ones are to be tried first (RFC 2782); 0 where the method has none
 * @param weight share among those of equal priority
 * @param lifetime how long it may be believed, from now; empty for as long as nothing else is heard
 * @param by the neighbour who told of it, as the network has it: not proven by anything
 */
public record Sighting(Service service, Method method, InetSocketAddress address, String interfaceName, int priority, int weight,
    Optional<Duration> lifetime, InetAddress by) {
  /** Rejects null, and addresses that are only names. */
  public Sighting {
    requireNonNull(service);
    requireNonNull(method);
    requireNonNull(interfaceName);
    requireNonNull(lifetime);
    requireNonNull(by);
    if (address.isUnresolved() || address.getPort() == 0) {
      throw new IllegalArgumentException("no address that can be reached: " + address);
    }
  }

  /** Something that told of itself. */
  public Sighting(Service service, Method method, InetSocketAddress address, String interfaceName, int priority, int weight,
      Optional<Duration> lifetime) {
    this(service, method, address, interfaceName, priority, weight, lifetime, address.getAddress());
  }

  /** Whether both are of the same thing; the newer one then replaces the older one. */
  public boolean isSameThing(Sighting other) {
    return service == other.service && method == other.method && address.equals(other.address) && interfaceName.equals(other.interfaceName);
  }
}
