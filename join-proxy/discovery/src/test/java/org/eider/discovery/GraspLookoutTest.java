package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.eider.grasp.Address;
import org.eider.grasp.Discovered;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.Flooded;
import org.eider.grasp.FloodTiming;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.NodeLimits;
import org.eider.grasp.Objective;
import org.eider.testkit.FreePorts;
import org.eider.testkit.Opened;
import org.eider.wire.CborWriter;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GraspLookoutTest {
  private static final Set<Service> PROXIES = EnumSet.of(Service.PROXY_TLS, Service.PROXY_COAPS);
  private static final Set<Service> REGISTRARS = EnumSet.of(Service.REGISTRAR_TLS, Service.REGISTRAR_COAPS, Service.REGISTRAR_JPY);

  private final int port = FreePorts.any();
  private final InetAddress loopback = address("127.0.0.1");
  private final String lo = nameOf(loopback);
  private final DullNode.Settings settings = new DullNode.Settings(port, NodeLimits.STANDARD, FloodTiming.STANDARD);
  private final GraspDomain domain =
      new GraspDomain(List.of(lo), false, List.of(), Optional.empty(), Optional.empty(), FloodTiming.STANDARD, port);
  @AutoClose
  private final Opened open = new Opened();
  private final Seen links = new Seen();
  private final Seen domains = new Seen();

  private static final class Seen implements Lookout.Watcher {
    private final List<Sighting> all = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void seen(Sighting sighting) {
      all.add(sighting);
    }

    @Override
    public void gone(Sighting sighting) {
      throw new AssertionError("GRASP has no good-bye");
    }
  }

  private Sighting sighting(Service service, int at) {
    return new Sighting(service, Method.GRASP, new InetSocketAddress(loopback, at), lo, 0, 0, Optional.of(Duration.ofMinutes(3)));
  }

  @Test
  void proxiesAreFoundOnTheLinkAndRegistrarsInTheDomainAndNeitherElsewhere() throws Exception {
    open.keep(GraspLookout.dull(List.of(lo), PROXIES, links, settings));
    open.keep(GraspLookout.domain(domain, REGISTRARS, domains));
    Set<Offer> offers = Set.of(new Offer(Service.PROXY_TLS, lo, loopback, 1), new Offer(Service.PROXY_COAPS, lo, loopback, 2),
        new Offer(Service.REGISTRAR_TLS, lo, loopback, 3), new Offer(Service.REGISTRAR_COAPS, lo, loopback, 4),
        new Offer(Service.REGISTRAR_JPY, lo, loopback, 5));
    open.keep(GraspHerald.dull(List.of(lo), settings)).tell(offers);
    open.keep(GraspHerald.domain(domain)).tell(offers);
    await().untilAsserted(() -> {
      assertThat(links.all).contains(sighting(Service.PROXY_TLS, 1), sighting(Service.PROXY_COAPS, 2));
      assertThat(domains.all).contains(sighting(Service.REGISTRAR_TLS, 3), sighting(Service.REGISTRAR_COAPS, 4), sighting(Service.REGISTRAR_JPY, 5));
    });
    await().during(Duration.ofMillis(1500)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
      assertThat(links.all).extracting(Sighting::service).containsOnly(Service.PROXY_TLS, Service.PROXY_COAPS);
      assertThat(domains.all).extracting(Sighting::service).containsOnly(Service.REGISTRAR_TLS, Service.REGISTRAR_COAPS, Service.REGISTRAR_JPY);
    });
  }

  @Test
  void objectivesOfTheDomainAreUnseenOnLinksAndTheOtherWayRound() throws Exception {
    open.keep(GraspLookout.dull(List.of(lo), PROXIES, links, settings));
    open.keep(GraspLookout.domain(domain, REGISTRARS, domains));
    Address own = Address.of(loopback);
    DullNode teller = open.keep(DullNode.open(lo, settings, Set.of(), flooded -> { }));
    teller.tell(List.of(entry("AN_join_registrar_rjp", 1, "rrm", own, Locator.UDP, 1), entry("AN_join_registrar", 1, "EST-TLS", own, Locator.TCP, 2)));
    DomainNode beyond = open.keep(DomainNode.open(domainSettings(), Set.of(), flooded -> { }));
    beyond.tell(List.of(entry("AN_Proxy", 255, "", own, Locator.TCP, 3)));
    await().untilAsserted(() -> assertThat(domains.all).hasSizeGreaterThanOrEqualTo(2));
    assertThat(links.all).isEmpty();
    assertThat(domains.all).noneMatch(sighting -> sighting.address().getPort() == 3);
  }

  /** The floods at the beginning are over, and the next one is a minute away. */
  @Test
  void whoeverComesLateIntoTheDomainAsksAndDoesNotWaitForTheNextFlood() throws Exception {
    open.keep(GraspLookout.domain(domain, REGISTRARS, domains));
    open.keep(GraspHerald.domain(domain)).tell(Set.of(new Offer(Service.REGISTRAR_TLS, lo, loopback, 3), new Offer(Service.REGISTRAR_JPY, lo, loopback, 5)));
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(domains.all).hasSizeGreaterThanOrEqualTo(6));
    open.keep(GraspLookout.domain(domain, REGISTRARS, links));
    await().atMost(Duration.ofSeconds(10)).untilAsserted(
        () -> assertThat(links.all).contains(sighting(Service.REGISTRAR_TLS, 3), sighting(Service.REGISTRAR_JPY, 5)));
  }

  private DomainNode.Settings domainSettings() {
    return new DomainNode.Settings(List.of(lo), port, false, List.of(), Optional.empty(), Optional.empty(), NodeLimits.STANDARD, FloodTiming.STANDARD);
  }

  @Test
  void whatIsWithdrawnIsNotToldAgain() throws Exception {
    open.keep(GraspLookout.dull(List.of(lo), PROXIES, links, settings));
    GraspHerald herald = open.keep(GraspHerald.dull(List.of(lo), settings));
    herald.tell(Set.of(new Offer(Service.PROXY_TLS, lo, loopback, 1)));
    await().untilAsserted(() -> assertThat(links.all).hasSize(1));
    herald.tell(Set.of(new Offer(Service.PROXY_COAPS, lo, loopback, 2)));
    await().untilAsserted(() -> assertThat(links.all).hasSize(3));
    herald.tell(Set.of());
    await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(links.all)
        .extracting(Sighting::service).startsWith(Service.PROXY_TLS, Service.PROXY_COAPS).filteredOn(Service.PROXY_TLS::equals).hasSize(1));
  }

  @Test
  void whoComesLateAsksAndHearsSoon() throws Exception {
    DullNode.Settings rare = new DullNode.Settings(port, NodeLimits.STANDARD, new FloodTiming(Duration.ofMinutes(3), Duration.ofMinutes(1)));
    GraspLookout early = GraspLookout.dull(List.of(lo), PROXIES, domains, settings);
    open.keep(GraspHerald.dull(List.of(lo), rare)).tell(Set.of(new Offer(Service.PROXY_TLS, lo, loopback, 1)));
    await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(domains.all).as("at once, after 1 s, after 4 more").hasSize(3));
    early.close();
    open.keep(GraspLookout.dull(List.of(lo), PROXIES, links, settings));
    await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(links.all).isNotEmpty());
  }

  @Test
  void lookingForTheWrongSortIsAMistake() {
    assertThatThrownBy(() -> GraspLookout.dull(List.of(lo), EnumSet.allOf(Service.class), links, settings)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GraspLookout.domain(domain, PROXIES, links)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GraspLookout.dull(List.of(lo), Set.of(), links, settings)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void interfacesThatAreNotThereAreNamed() {
    assertThatThrownBy(() -> GraspLookout.dull(List.of(lo, "none7"), PROXIES, links, settings)).isInstanceOf(IOException.class).hasMessageContaining("none7");
    assertThatThrownBy(() -> GraspHerald.dull(List.of("none7"), settings)).isInstanceOf(IOException.class).hasMessageContaining("none7");
    assertThatThrownBy(() -> GraspHerald.domain(GraspDomain.of(List.of("none7")))).isInstanceOf(IOException.class).hasMessageContaining("none7");
  }

  @ParameterizedTest
  @CsvSource(nullValues = "-", value = {
      "AN_Proxy, '', 6, PROXY_TLS", "AN_Proxy, '', 17, PROXY_COAPS", "AN_Proxy, EST-TLS, 6, PROXY_TLS", "AN_Proxy, prm, 6, -", "AN_Proxy, cmp, 6, -",
      "AN_Proxy, '', 41, -", "AN_PROXY, '', 6, -", "AN_proxy, '', 6, -", "'', '', 6, -", "AN_Proxy:x, '', 6, -",
      "AN_join_registrar, EST-TLS, 6, REGISTRAR_TLS", "AN_join_registrar, '', 6, REGISTRAR_TLS", "AN_join_registrar, est-tls, 6, -",
      "AN_join_registrar, prm-jose, 6, -", "AN_join_registrar, '', 17, REGISTRAR_COAPS", "AN_join_registrar, rrm, 17, REGISTRAR_COAPS",
      "AN_join_registrar, rrm-cose, 17, REGISTRAR_COAPS", "AN_join_registrar, EST-TLS, 17, -", "AN_join_registrar, '', 41, -",
      "AN_Join_Registrar, EST-TLS, 6, -", "AN_join_registrar_rjp, rrm, 17, REGISTRAR_JPY", "AN_join_registrar_rjp, '', 17, REGISTRAR_JPY",
      "AN_join_registrar_rjp, rrm, 6, -", "SRV.est, '', 6, -"})
  void namesAndValuesDecideTheService(String name, String value, int protocol, Service service) {
    boolean isProxy = name.startsWith("AN_P") || name.startsWith("AN_p");
    Address at = Address.of(address(isProxy ? "fe80::7" : "fd00::7"));
    Optional<Sighting> found = GraspTable.sighting(flooded(entry(name, 1, value, at, protocol, 7)), EnumSet.allOf(Service.class));
    assertThat(found.map(Sighting::service)).isEqualTo(Optional.ofNullable(service));
  }

  @ParameterizedTest
  @CsvSource({
      "AN_Proxy, fe80::7, true", "AN_Proxy, fd00::7, false", "AN_Proxy, 192.0.2.7, false", "AN_Proxy, ::1, false", "AN_Proxy, 127.0.0.1, false",
      "AN_join_registrar, fd00::7, true", "AN_join_registrar, 192.0.2.7, true", "AN_join_registrar, fe80::7, false",
      "AN_join_registrar, 169.254.1.1, false", "AN_join_registrar, ::, false", "AN_join_registrar, ff02::1, false", "AN_join_registrar, ::1, false"})
  void proxiesAreOnTheLinkAndRegistrarsBeyondIt(String name, String at, boolean isTaken) {
    Message.Flood.Entry entry = entry(name, 1, "", Address.of(address(at)), 6, 7);
    assertThat(GraspTable.sighting(flooded(entry), EnumSet.allOf(Service.class)).isPresent()).isEqualTo(isTaken);
  }

  @Test
  void proxyGetsTheScopeOfTheInterfaceOnWhichItWasHeard() {
    Sighting sighting = GraspTable.sighting(flooded(entry("AN_Proxy", 1, "", Address.of(address("fe80::7")), 6, 7)), PROXIES).orElseThrow();
    assertThat(sighting.address().getAddress().getHostAddress()).endsWith("%5");
    assertThat(sighting.interfaceName()).isEqualTo("eth5");
    assertThat(sighting.lifetime()).contains(Duration.ofMillis(1000));
  }

  @Test
  void methodsThatAreNotWantedAreNotTold() {
    Flooded udp = flooded(entry("AN_Proxy", 1, "", Address.of(address("fe80::7")), Locator.UDP, 7));
    assertThat(GraspTable.sighting(udp, Set.of(Service.PROXY_TLS))).isEmpty();
    assertThat(GraspTable.sighting(udp, Set.of(Service.PROXY_COAPS))).isPresent();
  }

  @Test
  void theSameToldAgainIsNotFloodedAgain() throws Exception {
    open.keep(GraspLookout.dull(List.of(lo), PROXIES, links, settings));
    GraspHerald herald = open.keep(GraspHerald.dull(List.of(lo), settings));
    Set<Offer> offers = Set.of(new Offer(Service.PROXY_TLS, lo, loopback, 1), new Offer(Service.PROXY_COAPS, lo, loopback, 2));
    await().during(Duration.ofMillis(3500)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
      herald.tell(offers);
      assertThat(links.all).as("two floods of two or three, not one a second").hasSizeLessThanOrEqualTo(6);
    });
    assertThat(links.all).isNotEmpty();
  }

  @Test
  void answersToADiscoveryCountLikeFloods() {
    Locator at = new Locator.Ip(Address.of(address("fe80::7")), 6, 7);
    Discovered answer = new Discovered(List.of(at), false, 0, Optional.empty(), new InetSocketAddress(address("fe80::9"), 1), "eth5");
    List<Flooded> floods = GraspTable.asFloods("AN_Proxy", answer);
    assertThat(floods).hasSize(1);
    Sighting sighting = GraspTable.sighting(floods.get(0), PROXIES).orElseThrow();
    assertThat(sighting.service()).isEqualTo(Service.PROXY_TLS);
    assertThat(sighting.lifetime()).contains(Duration.ofMinutes(10));
  }

  @Test
  void timesToLiveAreTakenAsTheyAre() {
    Message.Flood.Entry entry = entry("AN_Proxy", 1, "", Address.of(address("fe80::7")), 6, 7);
    assertThat(GraspTable.sighting(flooded(entry, 0), PROXIES).orElseThrow().lifetime()).as("0 is for ever").isEmpty();
    assertThat(GraspTable.sighting(flooded(entry, Message.MAX_UINT32), PROXIES).orElseThrow().lifetime()).contains(Duration.ofMillis(4_294_967_295L));
  }

  @Test
  void whatIsNotAnAddressAndAPortIsNotFollowed() throws Exception {
    Address at = Address.of(address("fe80::7"));
    Objective objective = Objective.flooded("AN_Proxy", 1, "");
    for (Optional<Locator> locator : List.<Optional<Locator>>of(Optional.empty(), Optional.of(new Locator.Fqdn("p.example", 6, OptionalInt.of(1))),
        Optional.of(new Locator.Uri("https://p.example", OptionalInt.empty(), OptionalInt.empty())), Optional.of(new Locator.Ip(at, 6, 0)),
        Optional.of(new Locator.Ip(at, 41, OptionalInt.empty())))) {
      assertThat(GraspTable.sighting(flooded(new Message.Flood.Entry(objective, locator)), PROXIES)).as(locator.toString()).isEmpty();
    }
    Octets number = new CborWriter().integer(7).toOctets();
    Optional<Locator> good = Optional.of(new Locator.Ip(at, 6, 1));
    assertThat(GraspTable.sighting(flooded(new Message.Flood.Entry(objective.withValue(number), good)), PROXIES))
        .as("the value of AN_Proxy means nothing").isPresent();
    Optional<Locator> domainWide = Optional.of(new Locator.Ip(Address.of(address("fd00::7")), 6, 1));
    assertThat(GraspTable.sighting(flooded(new Message.Flood.Entry(Objective.flooded("AN_join_registrar", 9, "").withValue(number), domainWide)),
        REGISTRARS)).isEmpty();
  }

  @Test
  void whatIsFloodedIsWhatTheStandardsPrint() {
    Message.Flood.Entry proxy = GraspTable.entry(new Offer(Service.PROXY_TLS, "eth0", address("fe80::1"), 4443));
    assertThat(proxy).isEqualTo(entry("AN_Proxy", 1, "", Address.of(address("fe80::1")), 6, 4443));
    Message.Flood.Entry registrar = GraspTable.entry(new Offer(Service.REGISTRAR_TLS, "eth0", address("fda3:79a6:f6ee::200:0:6400:1"), 8443));
    assertThat(registrar).isEqualTo(entry("AN_join_registrar", 255, "EST-TLS", Address.of(address("fda3:79a6:f6ee::200:0:6400:1")), 6, 8443));
  }

  private static Message.Flood.Entry entry(String name, int loopCount, String value, Address at, int protocol, int port) {
    return new Message.Flood.Entry(Objective.flooded(name, loopCount, value), Optional.of(new Locator.Ip(at, protocol, port)));
  }

  private static Flooded flooded(Message.Flood.Entry entry) {
    return flooded(entry, 1000);
  }

  private static Flooded flooded(Message.Flood.Entry entry, long ttl) {
    return new Flooded(entry.objective(), entry.locator(), ttl, Address.of(address("fe80::9")),
        new Flooded.Origin("eth5", 5, new InetSocketAddress(address("fe80::9"), 7017)));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String nameOf(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address).getName();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
