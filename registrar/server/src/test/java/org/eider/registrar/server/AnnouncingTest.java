package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eider.cli.CommandFailure;
import org.eider.discovery.CoapLookout;
import org.eider.discovery.GraspDomain;
import org.eider.discovery.GraspHerald;
import org.eider.discovery.GraspLookout;
import org.eider.discovery.Lookout;
import org.eider.discovery.MdnsLookout;
import org.eider.discovery.Method;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.est.coap.CoapCall;
import org.eider.est.coap.CoapCode;
import org.eider.est.coap.CoapsClientConfig;
import org.eider.est.coap.CoapsConnection;
import org.eider.grasp.GraspTls;
import org.eider.registrar.server.config.AnnounceSettings;
import org.eider.registrar.server.config.HttpsSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.testkit.FreePorts;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registrar that tells where it is, and neighbours that look for it. */
class AnnouncingTest {
  private static final String ADDRESS = "2001:db8:e1df::1";
  private static final int MARKER = 4711;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path data;
  private VethPair link;

  /** What was seen. */
  private static final class Seen implements Lookout.Watcher {
    final List<Sighting> all = new CopyOnWriteArrayList<>();
    final List<Sighting> gone = new CopyOnWriteArrayList<>();

    @Override
    public void seen(Sighting sighting) {
      all.add(sighting);
    }

    @Override
    public void gone(Sighting sighting) {
      gone.add(sighting);
    }

    Set<Service> services() {
      Set<Service> services = EnumSet.noneOf(Service.class);
      all.forEach(sighting -> services.add(sighting.service()));
      return services;
    }

    InetSocketAddress of(Service service) {
      return all.stream().filter(sighting -> sighting.service() == service).findFirst().orElseThrow().address();
    }
  }

  @BeforeEach
  void make() throws Exception {
    link = VethPair.create();
    VethPair.ip("address", "add", ADDRESS + "/64", "dev", link.one(), "nodad");
  }

  @AfterEach
  void delete() throws Exception {
    if (link != null) {
      link.close();
    }
  }

  private RegistrarConfig config(boolean asProxy, Method... methods) {
    RegistrarConfig some = TestSite.config();
    AnnounceSettings announce = some.announce().on(Set.of(methods), method -> List.of(link.one()));
    return some.withHttps(new HttpsSettings("0.0.0.0", 0, some.https().names()))
        .withCoaps(some.coaps().on(0).with(some.coaps().jpy().on(0)))
        .withAnnounce(asProxy ? announce.toPledges() : announce);
  }

  private InetAddress linkLocal() throws IOException {
    return NetworkInterface.getByName(link.one()).inetAddresses().filter(InetAddress::isLinkLocalAddress).findFirst().orElseThrow();
  }

  private void isWhereItIs(Seen seen, RegistrarProcess registrar) throws IOException {
    InetAddress here = InetAddress.getByName(ADDRESS);
    assertThat(seen.of(Service.REGISTRAR_TLS)).isEqualTo(new InetSocketAddress(here, registrar.httpsPort()));
    assertThat(seen.of(Service.REGISTRAR_COAPS)).isEqualTo(new InetSocketAddress(here, registrar.coapsPort().orElseThrow()));
    assertThat(seen.of(Service.REGISTRAR_JPY)).isEqualTo(new InetSocketAddress(here, registrar.jpyPort().orElseThrow()));
  }

  private static final Set<Service> REGISTRARS = Set.of(Service.REGISTRAR_TLS, Service.REGISTRAR_COAPS, Service.REGISTRAR_JPY);
  private static final Set<Service> PROXIES = Set.of(Service.PROXY_TLS, Service.PROXY_COAPS);

  @Test
  void proxiesHearOfAllItsPortsByGraspAndNothingMoreIsToldToPledges() throws Exception {
    Seen far = new Seen();
    Seen near = new Seen();
    try (TestSite site = new TestSite(data, config(false, Method.GRASP));
        Lookout domain = GraspLookout.domain(GraspDomain.of(List.of(link.other())), REGISTRARS, far);
        Lookout dull = GraspLookout.dull(List.of(link.other()), PROXIES, near);
        GraspHerald later = GraspHerald.dull(List.of(link.one()))) {
      await().atMost(PATIENCE).until(() -> far.services().equals(REGISTRARS));
      isWhereItIs(far, site.registrar);
      later.tell(Set.of(new Offer(Service.PROXY_TLS, link.one(), linkLocal(), MARKER)));
      await().atMost(PATIENCE).until(() -> !near.all.isEmpty());
      assertThat(near.all).as("only what is told after all that").allMatch(one -> one.address().getPort() == MARKER);
      assertThat(List.of(domain, dull)).hasSize(2);
    }
  }

  @Test
  void whomMulticastDoesNotReachHearsOfItOverTlsWithACertificateOfTheDomainOnly() throws Exception {
    int port = FreePorts.any();
    RegistrarConfig some = config(false);
    AnnounceSettings none = some.announce();
    AnnounceSettings tcp = new AnnounceSettings(none.name(), List.of(), List.of(), List.of(), none.coapPort(), false,
        new AnnounceSettings.GraspTcp(true, "127.0.0.1", port, List.of(link.one())));
    Seen member = new Seen();
    Seen stranger = new Seen();
    // These are no pledges: a registrar's clock of its own would make certificates that are not good yet.
    try (LogLines log = LogLines.ofEider();
        RegistrarProcess registrar = RegistrarProcess.start(some.withAnnounce(tcp), data, java.time.Clock.systemUTC(), new SecureRandom());
        Lookout outside = overTcp(port, DomainTls.of(() -> TestPki.root("Elsewhere").server(List.of("proxy"), List.of())), stranger);
        Lookout inside = overTcp(port, DomainTls.of(registrar.own()::current), member)) {
      await().atMost(PATIENCE).until(() -> member.services().equals(REGISTRARS));
      isWhereItIs(member, registrar);
      await().atMost(PATIENCE).until(() -> !log.with("a peer that is not let in").isEmpty());
      assertThat(stranger.all).isEmpty();
      assertThat(List.of(outside, inside)).hasSize(2);
    }
  }

  private static Lookout overTcp(int port, GraspTls tls, Seen seen) throws IOException {
    GraspDomain none = GraspDomain.of(List.of());
    return GraspLookout.domain(new GraspDomain(List.of(), false, List.of(new InetSocketAddress("127.0.0.1", port)), Optional.empty(),
        Optional.of(tls), none.timing(), none.port()), REGISTRARS, seen);
  }

  @Test
  void pledgesOnItsLinkHearOfItByGraspAsOfAProxyAndReachIt() throws Exception {
    Seen near = new Seen();
    try (TestSite site = new TestSite(data, config(true, Method.GRASP)); Lookout dull = GraspLookout.dull(List.of(link.other()), PROXIES, near)) {
      await().atMost(PATIENCE).until(() -> near.services().equals(PROXIES));
      InetSocketAddress tls = near.of(Service.PROXY_TLS);
      assertThat(tls.getAddress().isLinkLocalAddress()).isTrue();
      assertThat(tls.getPort()).isEqualTo(site.registrar.httpsPort());
      assertThat(near.of(Service.PROXY_COAPS).getPort()).isEqualTo(site.registrar.coapsPort().orElseThrow());
      try (Socket socket = new Socket()) {
        socket.connect(tls, 5000);
        assertThat(socket.isConnected()).isTrue();
      }
      InetSocketAddress coaps = near.of(Service.PROXY_COAPS);
      CoapsClientConfig pledge = CoapsClientConfig.standard(site.maker.idevid("NEAR-1"), (chain, host) -> { });
      try (CoapsConnection connection = CoapsConnection.open(pledge, coaps.getAddress().getHostAddress(), coaps.getPort())) {
        assertThat(connection.exchange(CoapCall.get("/.well-known/core").with("rt=brski")).code()).isEqualTo(CoapCode.CONTENT);
      }
      assertThat(dull).isNotNull();
    }
  }

  @Test
  void itIsFoundByMulticastDnsAndSaysGoodBye() throws Exception {
    Seen seen = new Seen();
    try (Lookout lookout = MdnsLookout.start(List.of(link.other()), EnumSet.allOf(Service.class), seen)) {
      try (TestSite site = new TestSite(data, config(true, Method.MDNS))) {
        await().atMost(PATIENCE).until(() -> seen.services().equals(EnumSet.allOf(Service.class)));
        isWhereItIs(seen, site.registrar);
        assertThat(seen.of(Service.PROXY_TLS).getAddress().isLinkLocalAddress()).isTrue();
      }
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen.gone).extracting(Sighting::service).contains(Service.values()));
      assertThat(lookout).isNotNull();
    }
  }

  @Test
  void itAnswersWhoAsksByCoap() throws Exception {
    Seen seen = new Seen();
    List<AutoCloseable> lookouts = new ArrayList<>();
    try (TestSite site = new TestSite(data, config(true, Method.COAP))) {
      Set<Service> asked = Set.of(Service.REGISTRAR_COAPS, Service.REGISTRAR_JPY, Service.PROXY_COAPS);
      lookouts.add(CoapLookout.start(List.of(link.other()), asked, seen));
      await().atMost(PATIENCE).until(() -> seen.services().equals(asked));
      assertThat(seen.of(Service.REGISTRAR_COAPS).getPort()).isEqualTo(site.registrar.coapsPort().orElseThrow());
      assertThat(seen.of(Service.REGISTRAR_JPY).getPort()).isEqualTo(site.registrar.jpyPort().orElseThrow());
      assertThat(seen.of(Service.PROXY_COAPS).getPort()).isEqualTo(site.registrar.coapsPort().orElseThrow());
      assertThat(seen.all).extracting(sighting -> sighting.address().getAddress()).noneMatch(InetAddress::isAnyLocalAddress);
    } finally {
      for (AutoCloseable lookout : lookouts) {
        lookout.close();
      }
    }
  }

  @Test
  void anInterfaceThatIsNotThereIsNamedAndNothingStarts() throws Exception {
    for (Method method : Method.values()) {
      RegistrarConfig config = config(false).withAnnounce(TestSite.config().announce().on(Set.of(method), any -> List.of("nowhere0")));
      assertThatThrownBy(() -> RegistrarProcess.start(config, data, TestSite.CLOCK, new SecureRandom()))
          .as(method.label()).isInstanceOf(CommandFailure.class).hasMessageContaining("nowhere0");
    }
    new TestSite(data, config(false)).close();
  }
}
