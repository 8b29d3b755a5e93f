package org.eider.mdns;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A service to be announced on one interface (RFC 6763).
 *
 * @param type service and protocol, for instance {@code _brski-proxy._udp}
 * @param interfaceName where
 * @param address where it listens; the unspecified address means all addresses of the interface
 * @param port where it listens
 * @param text what the TXT record says: keys, or keys with values behind an equals sign
 */
public record MdnsService(String type, String interfaceName, InetAddress address, int port, List<String> text) {
  /** Checks what could not be written. */
  public MdnsService {
    requireNonNull(interfaceName);
    requireNonNull(address);
    text = List.copyOf(text);
    if (!type.matches("_[a-z0-9-]{1,15}\\._(tcp|udp)") || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no service type or no port: " + type + " " + port);
    }
    if (text.stream().anyMatch(each -> each.isEmpty() || each.getBytes(StandardCharsets.UTF_8).length > 255)) {
      throw new IllegalArgumentException("a text has 1 to 255 octets");
    }
  }
}
