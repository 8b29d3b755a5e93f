package org.eider.est.coap;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.eider.limits.SourceLimits.Rate;

/**
 * How a {@link CoapDiscovery} listens, and what it tells.
 *
 * @param name for thread names and logs
 * @param host address or name to bind
 * @param port UDP port, as a rule 5683; 0 for any free one
 * @param interfaces names of the network interfaces on which {@code ff02::fd}, {@code ff03::fd}, {@code ff05::fd} and
 *     {@code 224.0.1.187} are joined; none for unicast only
 * @param coaps where the resources are, if they are to be told; with a wildcard address, clients are told the address that they reached
 * @param elsewhere what else is told
 * @param isProxy whether pledges on the link are told the port of the resources as a join proxy tells its own
 * @param abbreviation number of the option Uri-Path-Abbrev
 * @param perSource answers to one source; a source that is not asked for one gets none (RFC 7252 section 11.3)
 * @param total answers to all sources together
 */
public record DiscoveryConfig(String name, String host, int port, List<String> interfaces, Optional<InetSocketAddress> coaps,
    List<Elsewhere> elsewhere, boolean isProxy, int abbreviation, Rate perSource, Rate total) {
  /** UDP port of CoAP without DTLS (RFC 7252 section 6.1). */
  public static final int PORT = 5683;

  /**
   * Something that is no resource but a place, told as {@code <scheme://address:port>;rt=resourceType}.
   *
   * @param scheme of the URI
   * @param resourceType by which it is asked for
   * @param at where it is; with a wildcard address, clients are told the address that they reached
   */
  public record Elsewhere(String scheme, String resourceType, InetSocketAddress at) {}

  /** Keeps unmodifiable copies. */
  public DiscoveryConfig {
    interfaces = List.copyOf(interfaces);
    elsewhere = List.copyOf(elsewhere);
  }

  /** Nothing to tell yet; 5 answers a second for a source, 100 for all. */
  public DiscoveryConfig(String name, String host, int port, List<String> interfaces) {
    this(name, host, port, interfaces, Optional.empty(), List.of(), false, CoapsConfig.ABBREVIATION, new Rate(5, 10), new Rate(100, 100));
  }

  /** The same, which tells where resources are. */
  public DiscoveryConfig with(InetSocketAddress resources) {
    return new DiscoveryConfig(name, host, port, interfaces, Optional.of(resources), elsewhere, isProxy, abbreviation, perSource, total);
  }

  /** The same, which tells of something else. */
  public DiscoveryConfig with(Elsewhere other) {
    return new DiscoveryConfig(name, host, port, interfaces, coaps, List.of(other), isProxy, abbreviation, perSource, total);
  }

  /** The same, which tells pledges the port of the resources too, or does not. */
  public DiscoveryConfig asProxy(boolean isProxyToo) {
    return new DiscoveryConfig(name, host, port, interfaces, coaps, elsewhere, isProxyToo, abbreviation, perSource, total);
  }

  /** The same with another number of the option Uri-Path-Abbrev. */
  public DiscoveryConfig withAbbreviation(int number) {
    return new DiscoveryConfig(name, host, port, interfaces, coaps, elsewhere, isProxy, number, perSource, total);
  }

  /** The same with other rates. */
  public DiscoveryConfig withRates(Rate forSource, Rate forAll) {
    return new DiscoveryConfig(name, host, port, interfaces, coaps, elsewhere, isProxy, abbreviation, forSource, forAll);
  }
}
