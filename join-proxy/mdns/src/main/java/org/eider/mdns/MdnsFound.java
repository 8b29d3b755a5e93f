package org.eider.mdns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * One address of a service that was found.
 *
 * @param type as it was browsed for
 * @param instance its name, as text of a stranger
 * @param interfaceName where it was heard
 * @param address with scope if it is link-local
 * @param priority lower ones first (RFC 2782)
 * @param weight share among those of equal priority
 * @param keys of the TXT record, in lower case, without their values
 * @param lifetime how long it may be believed
 * @param by the neighbour who told of it
 */
public record MdnsFound(String type, String instance, String interfaceName, InetAddress address, int port, int priority, int weight,
    Set<String> keys, Duration lifetime, InetAddress by) {
  /** Keeps an unmodifiable copy. */
  public MdnsFound {
    keys = Set.copyOf(keys);
  }
}
