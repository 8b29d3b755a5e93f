package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * An answer to a discovery.
 *
 * @param locators where the objective is, or, when {@code isDivert}, who may know more
 * @param isDivert whether it only points to others
 * @param ttl in milliseconds; 0 for much more than a minute
 * @param objective as the responder has it, when it says so
 * @param responder who answered
 * @param interfaceName on which the answer came; empty when it is not known
 */
public record Discovered(List<Locator> locators, boolean isDivert, long ttl, Optional<Objective> objective, InetSocketAddress responder,
    String interfaceName) {
  /** Rejects null; keeps a copy. */
  public Discovered {
    locators = List.copyOf(locators);
    requireNonNull(objective);
    requireNonNull(responder);
    requireNonNull(interfaceName);
  }

  static Discovered of(Message.Response response, InetSocketAddress responder, String interfaceName) {
    return new Discovered(response.locators(), response.isDivert(), response.ttl(), response.objective(), responder, interfaceName);
  }
}
