package org.eider.discovery;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eider.grasp.Address;
import org.eider.grasp.Discovered;
import org.eider.grasp.Flooded;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.Objective;

/** Which objective stands for which service (RFC 8995 sections 4.1.1 and 4.3, brski-discovery, constrained-join-proxy section 5). */
enum GraspTable {
  REGISTRAR_TLS(Service.REGISTRAR_TLS, "AN_join_registrar", Locator.TCP, "EST-TLS", Set.of("", "EST-TLS")::contains),
  REGISTRAR_COAPS(Service.REGISTRAR_COAPS, "AN_join_registrar", Locator.UDP, "", Set.of("", "rrm", "rrm-cose")::contains),
  REGISTRAR_JPY(Service.REGISTRAR_JPY, "AN_join_registrar_rjp", Locator.UDP, "rrm-cose", value -> value.isEmpty() || value.startsWith("rrm")),
  PROXY_TLS(Service.PROXY_TLS, "AN_Proxy", Locator.TCP, "", GraspTable::isNoOtherVariation),
  PROXY_COAPS(Service.PROXY_COAPS, "AN_Proxy", Locator.UDP, "", GraspTable::isNoOtherVariation);

  private static final int FARTHEST = Objective.MAX_LOOP_COUNT;
  private static final int ONE_HOP = 1;
  private static final long MUCH_MORE_THAN_A_MINUTE = 600_000;
  /** Proxies of registrars that speak something else (brski-discovery); other values of AN_Proxy mean nothing (RFC 8995 section 4.1.1). */
  private static final Set<String> OTHER_VARIATIONS = Set.of("cmp", "prm", "prm-jose");

  private final Service service;
  private final String objective;
  private final int protocol;
  private final String value;
  private final Predicate<String> isOurs;

  GraspTable(Service service, String objective, int protocol, String value, Predicate<String> isOurs) {
    this.service = service;
    this.objective = objective;
    this.protocol = protocol;
    this.value = value;
    this.isOurs = isOurs;
  }

  /** The names under which services are told. */
  static Set<String> names(Set<Service> services) {
    return services.stream().map(service -> of(service).objective).collect(Collectors.toUnmodifiableSet());
  }

  /** What is flooded for an offer. */
  static Message.Flood.Entry entry(Offer offer) {
    GraspTable row = of(offer.service());
    int loopCount = offer.service().isRegistrar() ? FARTHEST : ONE_HOP;
    return new Message.Flood.Entry(Objective.flooded(row.objective, loopCount, row.value),
        Optional.of(new Locator.Ip(Address.of(offer.address()), row.protocol, offer.port())));
  }

  /** An answer to a discovery, as floods that told the same: one objective at each place; a time of 0 is ten minutes here, not for ever. */
  static List<Flooded> asFloods(String name, Discovered answer) {
    Objective objective = answer.objective().filter(each -> each.name().equals(name))
        .orElseGet(() -> new Objective(name, Objective.Flag.SYNCHRONISATION.bit(), ONE_HOP, Optional.empty()));
    InetAddress responder = answer.responder().getAddress();
    int scope = responder instanceof Inet6Address six ? six.getScopeId() : 0;
    Flooded.Origin origin = new Flooded.Origin(answer.interfaceName(), scope, answer.responder());
    long ttl = answer.ttl() == 0 ? MUCH_MORE_THAN_A_MINUTE : answer.ttl();
    return answer.locators().stream().map(at -> new Flooded(objective, Optional.of(at), ttl, Address.of(responder), origin)).toList();
  }

  /** What a flood tells; empty when it is nothing that we know, or a place where nobody can be reached from here. */
  static Optional<Sighting> sighting(Flooded flooded, Set<Service> wanted) {
    if (!(flooded.locator().orElse(null) instanceof Locator.Ip ip) || ip.port().orElse(0) == 0) {
      return Optional.empty();
    }
    for (GraspTable row : values()) {
      if (wanted.contains(row.service) && row.matches(flooded.objective(), ip.protocol())) {
        return Optional.of(ip).filter(locator -> row.isReachable(locator.address(), flooded.origin())).map(locator -> row.seen(locator, flooded));
      }
    }
    return Optional.empty();
  }

  private boolean matches(Objective told, int by) {
    if (!told.name().equals(objective) || by != protocol) {
      return false;
    }
    return told.value().isEmpty() ? isOurs.test("") : told.valueText().map(isOurs::test).orElse(!service.isRegistrar());
  }

  /** Proxies are on the link, registrars beyond it; the loopback is believed of itself only. */
  private boolean isReachable(Address address, Flooded.Origin origin) {
    InetAddress plain = address.inet();
    if (plain.isLoopbackAddress()) {
      return origin.source().getAddress().isLoopbackAddress();
    }
    return plain.isLinkLocalAddress() != service.isRegistrar() && !plain.isAnyLocalAddress() && !plain.isMulticastAddress();
  }

  private Sighting seen(Locator.Ip ip, Flooded flooded) {
    Optional<Duration> lifetime = flooded.ttl() == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(flooded.ttl()));
    InetAddress address = ip.address().inet(flooded.origin().scope());
    return new Sighting(service, Method.GRASP, new InetSocketAddress(address, ip.port().orElseThrow()), flooded.origin().interfaceName(), 0, 0,
        lifetime, flooded.origin().source().getAddress());
  }

  private static boolean isNoOtherVariation(String value) {
    return !OTHER_VARIATIONS.contains(value);
  }

  private static GraspTable of(Service service) {
    return switch (service) {
      case REGISTRAR_TLS -> REGISTRAR_TLS;
      case REGISTRAR_COAPS -> REGISTRAR_COAPS;
      case REGISTRAR_JPY -> REGISTRAR_JPY;
      case PROXY_TLS -> PROXY_TLS;
      case PROXY_COAPS -> PROXY_COAPS;
    };
  }
}
