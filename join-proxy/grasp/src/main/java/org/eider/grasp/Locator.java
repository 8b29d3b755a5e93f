package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/** Where something is: the four locator options (RFC 8990 section 2.9.5), which are all there are. */
public sealed interface Locator {
  /** Number of TCP as a transport protocol. */
  int TCP = 6;
  /** Number of UDP as a transport protocol. */
  int UDP = 17;
  /** Number of IP in IPv6, which has no ports (RFC 8995 section 4.3). */
  int IPV6_IN_IP = 41;

  /**
   * O_IPv6_LOCATOR or O_IPv4_LOCATOR, as the address is.
   *
   * @param protocol IANA number, 0 to 255
   * @param port 0 to 65535; empty only where the protocol has none
   */
  record Ip(Address address, int protocol, OptionalInt port) implements Locator {
    /** Rejects null and numbers out of range. */
    public Ip {
      requireNonNull(address);
      checkPort(protocol, port);
    }

    /** An address and a port. */
    public Ip(Address address, int protocol, int port) {
      this(address, protocol, OptionalInt.of(port));
    }
  }

  /**
   * O_FQDN_LOCATOR.
   *
   * @param name a domain name, not checked: whoever uses it has to
   * @param protocol IANA number, 0 to 255
   * @param port 0 to 65535; empty only where the protocol has none
   */
  record Fqdn(String name, int protocol, OptionalInt port) implements Locator {
    /** Rejects null and numbers out of range. */
    public Fqdn {
      requireNonNull(name);
      checkPort(protocol, port);
    }
  }

  /**
   * O_URI_LOCATOR.
   *
   * @param uri not checked: whoever uses it has to
   * @param protocol IANA number, 0 to 255; empty when the URI says all
   * @param port 0 to 65535; empty when the URI says all
   */
  record Uri(String uri, OptionalInt protocol, OptionalInt port) implements Locator {
    /** Rejects null and numbers out of range. */
    public Uri {
      requireNonNull(uri);
      protocol.ifPresent(Locator::checkProtocol);
      port.ifPresent(Locator::checkPort);
    }
  }

  /** Whether a locator of this protocol is nothing without a port. */
  static boolean needsPort(int protocol) {
    return protocol == TCP || protocol == UDP;
  }

  private static void checkPort(int protocol, OptionalInt port) {
    checkProtocol(protocol);
    if (port.isEmpty() && needsPort(protocol)) {
      throw new IllegalArgumentException("TCP and UDP need a port");
    }
    port.ifPresent(Locator::checkPort);
  }

  private static void checkPort(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("no port: " + port);
    }
  }

  private static void checkProtocol(int protocol) {
    if (protocol < 0 || protocol > 255) {
      throw new IllegalArgumentException("no IP protocol: " + protocol);
    }
  }
}
