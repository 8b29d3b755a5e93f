package org.eider.discovery;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** How services are called in DNS-SD (RFC 8995 appendix B, constrained-join-proxy section 8.4, brski-discovery). */
final class MdnsNames {
  /** Ways to onboard that are not ours; who lists some of them and none of ours is of no use. */
  private static final Set<String> STRANGE = Set.of("cmp", "prm-jose");
  private static final Map<Service, List<String>> TYPES = Map.of(
      Service.REGISTRAR_TLS, List.of("_brski-registrar._tcp"),
      Service.REGISTRAR_COAPS, List.of("_brski-registrar._udp"),
      Service.REGISTRAR_JPY, List.of("_brski-rjp._udp"),
      Service.PROXY_TLS, List.of("_brski-proxy._tcp"),
      Service.PROXY_COAPS, List.of("_brski-proxy._udp", "_brski-jp._udp"));

  private MdnsNames() {}

  /** The types of service, of which documents name several for one. */
  static List<String> types(Service service) {
    return TYPES.get(service);
  }

  /** What the TXT record says: the way to onboard, a key without value. */
  static String variation(Service service) {
    return switch (service) {
      case REGISTRAR_TLS, PROXY_TLS -> "est-tls";
      case REGISTRAR_COAPS, REGISTRAR_JPY, PROXY_COAPS -> "rrm-cose";
    };
  }

  /** Whether an instance with these keys, in lower case, speaks our way. */
  static boolean isSpoken(Service service, Set<String> keys) {
    return keys.contains(variation(service)) || keys.stream().noneMatch(STRANGE::contains);
  }
}
