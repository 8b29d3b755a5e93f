package org.eider.proxy;

import java.util.Locale;
import java.util.Optional;
import org.eider.discovery.Service;

/** How a join proxy relays. */
public enum Mode {
  /** TCP connections (RFC 8995 section 4). */
  CIRCUIT(Service.REGISTRAR_TLS, Service.PROXY_TLS, "tcp"),
  /** UDP with a socket for each pledge (constrained-join-proxy section 4.3). */
  STATEFUL(Service.REGISTRAR_COAPS, Service.PROXY_COAPS, "udp"),
  /** UDP without any state: the registrar keeps it (constrained-join-proxy section 4.4). */
  STATELESS(Service.REGISTRAR_JPY, Service.PROXY_COAPS, "udp");

  private final Service registrar;
  private final Service proxy;
  private final String protocol;

  Mode(Service registrar, Service proxy, String protocol) {
    this.registrar = registrar;
    this.proxy = proxy;
    this.protocol = protocol;
  }

  /** What kind of registrar it needs. */
  public Service registrar() {
    return registrar;
  }

  /** What pledges find. */
  public Service proxy() {
    return proxy;
  }

  /** {@code tcp} or {@code udp}. */
  public String protocol() {
    return protocol;
  }

  /** The name on command lines and in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of that name. */
  public static Optional<Mode> of(String label) {
    for (Mode mode : values()) {
      if (mode.label().equals(label)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  static Mode needing(Service registrar) {
    for (Mode mode : values()) {
      if (mode.registrar == registrar) {
        return mode;
      }
    }
    throw new IllegalArgumentException(registrar + " is no registrar");
  }
}
