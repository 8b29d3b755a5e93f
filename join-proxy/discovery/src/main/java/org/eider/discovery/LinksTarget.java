package org.eider.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.limits.AddressRange;
import org.eider.mdns.LinkPort;

/** Where a link leads that says where something is: scheme, address and port; paths do not count (constrained-join-proxy section 5.1). */
final class LinksTarget {
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i)(coaps|jpy)://(?:\\[([0-9a-f:.]{2,45})\\]|([0-9.]{7,15}))(?::([0-9]{1,5}))?(?:[/?][^#]*)?");

  private LinksTarget() {}

  /**
   * The address, if the target is an absolute URI of that scheme with an IP literal to which something can be sent.
   *
   * @param defaultPort where the URI has none; empty where it has to have one
   * @param link on which it was heard: the scope of link-local addresses
   */
  static Optional<InetSocketAddress> of(String target, String scheme, Optional<Integer> defaultPort, NetworkInterface link) {
    Matcher matcher = ABSOLUTE.matcher(target);
    if (!matcher.matches() || !matcher.group(1).equalsIgnoreCase(scheme)) {
      return Optional.empty();
    }
    Optional<Integer> port = matcher.group(4) == null ? defaultPort : Links.port(matcher.group(4));
    return address(matcher.group(2) == null ? matcher.group(3) : matcher.group(2), link)
        .flatMap(address -> port.map(number -> new InetSocketAddress(address, number)));
  }

  private static Optional<InetAddress> address(String literal, NetworkInterface link) {
    try {
      InetAddress address = AddressRange.parse(literal).network();
      boolean isLocalLoop = address.isLoopbackAddress() && !link.isLoopback();
      return address.isAnyLocalAddress() || address.isMulticastAddress() || isLocalLoop
          ? Optional.empty() : Optional.of(LinkPort.on(link, address));
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty();
    }
  }
}
