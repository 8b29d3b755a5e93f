package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.groups.Tuple;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lookout and herald on a link of two ends, IPv6 link-local addresses only. */
@SuppressWarnings("try") // some are only there
class MdnsLinkTest {
  private static final int PORT = 15_353;

  private VethPair link;
  private final CoapFinding finding = new CoapFinding();

  @BeforeEach
  void makeLink() throws Exception {
    link = VethPair.create();
  }

  @AfterEach
  void deleteLink() throws Exception {
    if (link != null) {
      link.close();
    }
  }

  @Test
  void everyServiceIsFoundWithAddressScopeAndPort() throws Exception {
    Set<Offer> offers = new HashSet<>();
    for (Service service : Service.values()) {
      offers.add(offer(service, 8000 + service.ordinal()));
    }
    try (MdnsHerald herald = herald(offers); MdnsLookout lookout = lookout(Set.of(Service.values()))) {
      await().untilAsserted(() -> assertThat(finding.all()).extracting(Sighting::service, sighting -> sighting.address().getPort()).contains(
          Tuple.tuple(Service.REGISTRAR_TLS, 8000), Tuple.tuple(Service.REGISTRAR_COAPS, 8001), Tuple.tuple(Service.REGISTRAR_JPY, 8002),
          Tuple.tuple(Service.PROXY_TLS, 8003), Tuple.tuple(Service.PROXY_COAPS, 8004)));
      assertThat(finding.all()).allSatisfy(sighting -> {
        assertThat(sighting.address().getAddress().getAddress()).isEqualTo(VethPair.addressOf(link.one()).getAddress());
        assertThat(((Inet6Address) sighting.address().getAddress()).getScopeId()).isEqualTo(VethPair.interfaceOf(link.other()).getIndex());
        assertThat(sighting.method()).isEqualTo(Method.MDNS);
        assertThat(sighting.interfaceName()).isEqualTo(link.other());
        assertThat(sighting.lifetime()).hasValueSatisfying(lifetime -> assertThat(lifetime.toSeconds()).isBetween(100L, 120L));
      });
    }
  }

  @Test
  void lookoutThatComesLaterAsks() throws Exception {
    try (MdnsHerald herald = herald(Set.of(offer(Service.PROXY_TLS, 8443))); MdnsLookout first = lookout(Set.of(Service.PROXY_TLS))) {
      await().untilAsserted(() -> assertThat(finding.all()).isNotEmpty());
      CoapFinding later = new CoapFinding();
      await().pollDelay(2, TimeUnit.SECONDS).until(() -> true); // announcements are over
      try (MdnsLookout second = MdnsLookout.start(List.of(link.other()), Set.of(Service.PROXY_TLS), later, PORT)) {
        await().untilAsserted(() -> assertThat(later.all()).isNotEmpty());
      }
    }
  }

  @Test
  void whatIsWithdrawnOrClosedSaysGoodbye() throws Exception {
    Offer tls = offer(Service.PROXY_TLS, 8443);
    Offer coaps = offer(Service.PROXY_COAPS, 5684);
    try (MdnsLookout lookout = lookout(Set.of(Service.PROXY_TLS, Service.PROXY_COAPS))) {
      try (MdnsHerald herald = herald(Set.of(tls, coaps))) {
        await().untilAsserted(() -> assertThat(services()).containsOnly(Service.PROXY_TLS, Service.PROXY_COAPS));
        await().pollDelay(2, TimeUnit.SECONDS).until(() -> true); // announcements are over
        herald.tell(Set.of(coaps));
        await().untilAsserted(() -> assertThat(services()).containsOnly(Service.PROXY_COAPS));
      }
      await().untilAsserted(() -> assertThat(services()).isEmpty());
    }
  }

  @Test
  void joinProxiesThatAreNoNeighboursAreIgnored() throws Exception {
    InetAddress far = InetAddress.getByName("2001:db8::1");
    Offer strange = new Offer(Service.PROXY_TLS, link.one(), far, 1);
    Offer registrar = new Offer(Service.REGISTRAR_TLS, link.one(), far, 2);
    Offer group = new Offer(Service.REGISTRAR_COAPS, link.one(), InetAddress.getByName("ff02::1"), 3);
    try (MdnsHerald herald = herald(Set.of(strange, registrar, group)); MdnsLookout lookout = lookout(Set.of(Service.values()))) {
      await().untilAsserted(() -> assertThat(finding.all()).isNotEmpty());
      await().during(1, TimeUnit.SECONDS).untilAsserted(() -> assertThat(services()).containsOnly(Service.REGISTRAR_TLS));
    }
  }

  @Test
  void interfaceThatComesBackIsTakenUpAgain() throws Exception {
    try (MdnsHerald herald = herald(Set.of(new Offer(Service.PROXY_TLS, link.one(), InetAddress.getByName("::"), 8443)));
        MdnsLookout lookout = lookout(Set.of(Service.PROXY_TLS))) {
      await().untilAsserted(() -> assertThat(finding.all()).isNotEmpty());
      link.down(link.one());
      VethPair.ip("link", "set", link.one(), "address", "02:00:00:00:aa:01");
      link.down(link.other());
      finding.all().clear();
      link.up(link.one());
      link.up(link.other());
      link.awaitAddress(link.one());
      byte[] now = VethPair.addressOf(link.one()).getAddress();
      await().atMost(20, TimeUnit.SECONDS).untilAsserted(() ->
          assertThat(finding.all()).anySatisfy(sighting -> assertThat(sighting.address().getAddress().getAddress()).isEqualTo(now)));
    }
  }

  @Test
  void interfaceThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> MdnsHerald.start(List.of("no-such-if"), "x")).isInstanceOf(IOException.class).hasMessageContaining("no-such-if");
    assertThatThrownBy(() -> MdnsLookout.start(List.of("no-such-if"), Set.of(Service.PROXY_TLS), finding)).isInstanceOf(IOException.class);
  }

  private MdnsHerald herald(Set<Offer> offers) throws IOException {
    MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test proxy", PORT);
    herald.tell(offers);
    return herald;
  }

  private MdnsLookout lookout(Set<Service> wanted) throws IOException {
    return MdnsLookout.start(List.of(link.other()), wanted, finding, PORT);
  }

  private Offer offer(Service service, int port) {
    return new Offer(service, link.one(), VethPair.addressOf(link.one()), port);
  }

  private List<Service> services() {
    return finding.all().stream().map(Sighting::service).distinct().toList();
  }
}
