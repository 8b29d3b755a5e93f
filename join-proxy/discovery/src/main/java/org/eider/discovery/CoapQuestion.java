package org.eider.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.eider.discovery.Links.Link;
import org.eider.mdns.LinkPort;

/** What is asked for by multicast, where, and what the links of an answer then mean (constrained-join-proxy section 5). */
enum CoapQuestion {
  REGISTRAR(Service.REGISTRAR_COAPS, "rt=brski", "ff05::fd", "ff03::fd", "ff02::fd") {
    @Override
    Optional<InetSocketAddress> meaning(Link link, LinkPort port, InetAddress source) {
      return link.isOfType("brski") ? LinksTarget.of(link.target(), "coaps", Optional.of(COAPS), port.link()) : Optional.empty();
    }
  },

  STATELESS_REGISTRAR(Service.REGISTRAR_JPY, "rt=brski.rjp", "ff05::fd", "ff03::fd", "ff02::fd") {
    @Override
    Optional<InetSocketAddress> meaning(Link link, LinkPort port, InetAddress source) {
      return link.isOfType("brski.rjp") ? LinksTarget.of(link.target(), "jpy", Optional.empty(), port.link()) : Optional.empty();
    }
  },

  /** The proxy is who answers, provided that it can only be a neighbour. */
  PROXY(Service.PROXY_COAPS, "brski-jp=*", "ff02::fd") {
    @Override
    Optional<InetSocketAddress> meaning(Link link, LinkPort port, InetAddress source) {
      return port.isOnLink(source) && link.target().isEmpty() ? link.joinPort().map(number -> new InetSocketAddress(source, number))
          : Optional.empty();
    }
  };

  private static final int COAPS = 5684;

  private final Service service;
  private final String filter;
  private final List<String> groups;

  CoapQuestion(Service service, String filter, String... groups) {
    this.service = service;
    this.filter = filter;
    this.groups = List.of(groups);
  }

  Service service() {
    return service;
  }

  String filter() {
    return filter;
  }

  /** All CoAP nodes, from far to near. */
  List<InetAddress> groups() throws UnknownHostException {
    List<InetAddress> addresses = new java.util.ArrayList<>();
    for (String group : groups) {
      addresses.add(InetAddress.getByName(group));
    }
    return addresses;
  }

  /** Where the service is, if the link tells of one. */
  abstract Optional<InetSocketAddress> meaning(Link link, LinkPort port, InetAddress source);
}
