package org.eider.discovery;

import java.util.Locale;
import java.util.Optional;

/** By which protocol something is found. */
public enum Method {
  /** Floods (RFC 8990, RFC 8995 sections 4.1.1 and 4.3). */
  GRASP,
  /** DNS-SD over multicast DNS (RFC 8995 appendix B). */
  MDNS,
  /** Links asked for by multicast CoAP (constrained-join-proxy section 5). */
  COAP;

  /** The name on command lines and in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of that name. */
  public static Optional<Method> of(String label) {
    for (Method method : values()) {
      if (method.label().equals(label)) {
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }
}
