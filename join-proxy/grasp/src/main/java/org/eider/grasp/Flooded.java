package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One objective of a flood that arrived.
 *
 * @param objective with the loop count it arrived with
 * @param locator where it is, if it is anywhere
 * @param ttl in milliseconds; 0 for as long as nothing else is heard
 * @param initiator who began the flood, as it says itself
 * @param origin where it came from
 */
public record Flooded(Objective objective, Optional<Locator> locator, long ttl, Address initiator, Origin origin) {
  /**
   * Where a message came from.
   *
   * @param interfaceName the interface; empty when it is not known
   * @param scope its index, for link-local addresses; 0 when it is not known
   * @param source who sent it or passed it on
   */
  public record Origin(String interfaceName, int scope, InetSocketAddress source) {
    /** Rejects null. */
    public Origin {
      requireNonNull(interfaceName);
      requireNonNull(source);
    }
  }

  /** Rejects null. */
  public Flooded {
    requireNonNull(objective);
    requireNonNull(locator);
    requireNonNull(initiator);
    requireNonNull(origin);
  }

  /** Told of what arrives; from a thread of the node, one call at a time, and must not block. */
  @FunctionalInterface
  public interface Listener {
    /** One objective. */
    void flooded(Flooded flooded);
  }
}
