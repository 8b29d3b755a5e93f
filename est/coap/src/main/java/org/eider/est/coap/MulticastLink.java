package org.eider.est.coap;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface as it is at a moment, with the groups of CoAP nodes that it has addresses for.
 *
 * @param name of the interface
 * @param index of the interface: another one, where one of that name was made anew
 * @param groups all CoAP nodes of the link, the realm, the site (RFC 7252 section 12.8, constrained-join-proxy section 5.1)
 */
record MulticastLink(String name, int index, List<InetAddress> groups) {
  private static final String ALL_COAP_NODES_V4 = "224.0.1.187";
  private static final List<String> ALL_COAP_NODES_V6 = List.of("ff02::fd", "ff03::fd", "ff05::fd");

  /** Those that are there and up, and could be used. */
  static List<MulticastLink> present(List<String> names) throws IOException {
    List<MulticastLink> links = new ArrayList<>();
    for (String name : names) {
      NetworkInterface on = NetworkInterface.getByName(name);
      if (on != null && on.isUp() && (on.supportsMulticast() || on.isLoopback())) {
        links.add(new MulticastLink(name, on.getIndex(), groups(on)));
      }
    }
    return links;
  }

  /** As the platform has it. */
  NetworkInterface on() throws IOException {
    NetworkInterface on = NetworkInterface.getByName(name);
    if (on == null) {
      throw new IOException("no network interface " + name);
    }
    return on;
  }

  private static List<InetAddress> groups(NetworkInterface on) throws IOException {
    List<InetAddress> groups = new ArrayList<>();
    if (on.inetAddresses().anyMatch(address -> !(address instanceof Inet6Address))) {
      groups.add(InetAddress.getByName(ALL_COAP_NODES_V4));
    }
    if (on.inetAddresses().anyMatch(address -> address instanceof Inet6Address)) {
      for (String group : ALL_COAP_NODES_V6) {
        groups.add(Inet6Address.getByAddress(null, InetAddress.getByName(group).getAddress(), on));
      }
    }
    return groups;
  }
}
