package org.eider.est.coap;

import java.net.InetSocketAddress;
import java.util.List;
import org.eider.limits.SourceLimits.Rate;

/**
 * How a {@link CoapDiscovery} listens.
 *
 * @param name for thread names and logs
 * @param host address or name to bind
 * @param port UDP port, as a rule 5683; 0 for any free one
 * @param interfaces names of the network interfaces on which {@code ff02::fd} and {@code 224.0.1.187} are joined; none for unicast only
 * @param coaps where the resources are; with a wildcard address, clients are told the address that they reached
 * @param abbreviation number of the option Uri-Path-Abbrev
 * @param perSource answers to one source; a source that is not asked for one gets none (RFC 7252 section 11.3)
 * @param total answers to all sources together
 */
public record DiscoveryConfig(
    String name, String host, int port, List<String> interfaces, InetSocketAddress coaps, int abbreviation, Rate perSource, Rate total) {
  /** UDP port of CoAP without DTLS (RFC 7252 section 6.1). */
  public static final int PORT = 5683;

  /** Keeps an unmodifiable copy. */
  public DiscoveryConfig {
    interfaces = List.copyOf(interfaces);
  }

  /** 5 answers a second for a source, 100 for all. */
  public DiscoveryConfig(String name, String host, int port, List<String> interfaces, InetSocketAddress coaps) {
    this(name, host, port, interfaces, coaps, CoapsConfig.ABBREVIATION, new Rate(5, 10), new Rate(100, 100));
  }

  /** The same with another number of the option Uri-Path-Abbrev. */
  public DiscoveryConfig withAbbreviation(int number) {
    return new DiscoveryConfig(name, host, port, interfaces, coaps, number, perSource, total);
  }
}
