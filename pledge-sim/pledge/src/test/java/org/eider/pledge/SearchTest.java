package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.eider.discovery.CoapHerald;
import org.eider.discovery.GraspHerald;
import org.eider.discovery.Herald;
import org.eider.discovery.MdnsHerald;
import org.eider.discovery.Method;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Credential;
import org.eider.pledge.PledgeConfig.Attempts;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.testkit.TestPki;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pledge with a link-local address only, and registrars at the other end of the link that are announced as join proxies are. */
@SuppressWarnings("try") // some are only there
@Timeout(120)
class SearchTest {
  private final TestPki domain = TestPki.root("Domain");
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<RegistrarAddress> asked = new CopyOnWriteArrayList<>();
  private final PledgeTime time = new PledgeTime(() -> TestPki.NOW, true, System::nanoTime, Pause.real());
  private final Progress progress = new Progress() {
    @Override
    public void step(Step step) {}

    @Override
    public void heard(RegistrarAddress proxy, String how) {
      heard.add(proxy + " " + how);
    }

    @Override
    public void attempt(RegistrarAddress registrar, int number) {
      asked.add(registrar);
    }
  };
  private VethPair link;

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

  @ParameterizedTest
  @EnumSource(value = Method.class, names = {"GRASP", "MDNS"})
  void pledgeFindsItsWayOverTls(Method method) throws Exception {
    try (ScriptedRegistrar registrar = registrar(); Herald herald = herald(method, Service.PROXY_TLS, registrar.port())) {
      Onboarding onboarding = onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), Set.of(method), Duration.ofSeconds(20));
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      assertThat(heard).singleElement().satisfies(line -> assertThat(line).startsWith("https://[fe80:").contains("%" + link.other() + "]:" + registrar.port())
          .endsWith(" by " + method.label() + " on " + link.other()));
      assertThat(registrar.seen).allSatisfy(seen -> assertThat(seen.host().orElseThrow()).startsWith("[fe80:").endsWith("]:" + registrar.port())
          .doesNotContain("%"));
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void pledgeFindsItsWayOverCoaps(Method method) throws Exception {
    try (ScriptedCoapsRegistrar registrar = new ScriptedCoapsRegistrar(domain, Map.of(), here().getHostAddress());
        Herald herald = herald(method, Service.PROXY_COAPS, registrar.address().port())) {
      Onboarding onboarding = onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), Set.of(method), Duration.ofSeconds(20));
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      assertThat(asked).isNotEmpty().allMatch(address -> address.scheme() == Scheme.COAPS);
    }
  }

  /** One does not answer, one takes connections and says nothing, one refuses, one is good: none of them is asked for longer than it is worth. */
  @Test
  void everyOfferedProxyIsTriedUntilOneGivesAVoucher() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, here()); ScriptedRegistrar refusing = registrar();
        ScriptedRegistrar good = registrar(refusing.manufacturer); MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test")) {
      refusing.answering(ScriptedRegistrar.VOUCHER, HttpResponse.text(403, "not ours"));
      int closed = closedPort();
      herald.tell(Set.of(offer(Service.PROXY_TLS, closed), offer(Service.PROXY_TLS, silent.getLocalPort()), offer(Service.PROXY_TLS, refusing.port())));
      Thread later = new Thread(() -> {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> asked.stream().map(RegistrarAddress::port).toList()
            .containsAll(List.of(closed, silent.getLocalPort(), refusing.port())));
        herald.tell(Set.of(offer(Service.PROXY_TLS, closed), offer(Service.PROXY_TLS, good.port())));
      });
      later.start();
      PledgeConfig config = PledgeConfig.of(good.device("SN-1"), time, new SecureRandom());
      Onboarding onboarding = onboard(config.trying(new Attempts(1, 5, Duration.ofMillis(500)), Duration.ofDays(4)), Set.of(Method.MDNS), Duration.ofSeconds(60));
      later.join();
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      assertThat(refusing.paths()).containsExactly(ScriptedRegistrar.VOUCHER);
      assertThat(List.of(refusing, good).stream().map(one -> ScriptedRegistrar.request(one.seen(ScriptedRegistrar.VOUCHER).get(0)).nonce()).distinct()).hasSize(2);
    }
  }

  /** RFC 8995 section 4.1: whoever answers slowly on purpose, or says "later" for days, holds up nobody who waits. */
  @Test
  void proxiesThatHoldOnToAPledgeAreLeftForOthers() throws Exception {
    List<ScriptedRegistrar> slow = new ArrayList<>();
    try (ScriptedRegistrar good = registrar(); MdnsHerald honest = MdnsHerald.start(List.of(link.one()), "test");
        GraspHerald forger = GraspHerald.dull(List.of(link.one()))) {
      Set<Offer> forged = new HashSet<>();
      for (int i = 0; i < Pursuit.MOST + 2; i++) {
        ScriptedRegistrar one = registrar(good.manufacturer);
        one.answering(ScriptedRegistrar.VOUCHER, Stream.generate(() -> HttpResponse.text(202, "later").with("retry-after", "60")).limit(50)
            .toArray(HttpResponse[]::new));
        slow.add(one);
        forged.add(offer(Service.PROXY_TLS, one.port()));
      }
      forger.tell(forged);
      Thread later = new Thread(() -> {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> asked.size() >= Pursuit.MOST);
        honest.tell(Set.of(offer(Service.PROXY_TLS, good.port())));
      });
      later.start();
      Onboarding onboarding = onboard(PledgeConfig.of(good.device("SN-1"), time, new SecureRandom()), Set.of(Method.GRASP, Method.MDNS), Duration.ofSeconds(60));
      later.join();
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      assertThat(good.seen(ScriptedRegistrar.VOUCHER)).hasSize(1);
    } finally {
      slow.forEach(ScriptedRegistrar::close);
    }
  }

  /** Constrained-join-proxy section 7. */
  @Test
  void nothingIsLookedForWhileAnAttemptOverCoapsRuns() throws Exception {
    List<Boolean> looking = new CopyOnWriteArrayList<>();
    try (ScriptedCoapsRegistrar registrar = new ScriptedCoapsRegistrar(domain, Map.of(), here().getHostAddress());
        Herald herald = herald(Method.GRASP, Service.PROXY_COAPS, registrar.address().port())) {
      Search.Plan plan = new Search.Plan(EnumSet.allOf(Method.class), List.of(link.other()), EnumSet.allOf(Scheme.class), Scheme.HTTPS, Duration.ofSeconds(20));
      try (Search search = Search.start(plan, time, progress)) {
        assertThat(search.isLooking()).isTrue();
        Progress watching = step -> looking.add(search.isLooking());
        assertThat(Pledge.onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), search, watching).report().ok()).isTrue();
        assertThat(looking).isNotEmpty().containsOnly(false);
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(30)).until(search::tend);
        assertThat(search.isLooking()).as("when it is over").isTrue();
      }
    }
  }

  /** Proxies that complete a handshake over CoAPS and then say nothing keep nobody from being heard. */
  @Test
  void silentProxiesOverCoapsAreLeftToListen() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedCoapsRegistrar one = silent(over); ScriptedCoapsRegistrar other = silent(over);
        ScriptedRegistrar good = registrar(one.manufacturer); MdnsHerald honest = MdnsHerald.start(List.of(link.one()), "test");
        GraspHerald forger = GraspHerald.dull(List.of(link.one()))) {
      forger.tell(Set.of(offer(Service.PROXY_COAPS, one.address().port()), offer(Service.PROXY_COAPS, other.address().port())));
      Thread later = new Thread(() -> {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !one.seen.isEmpty() || !other.seen.isEmpty());
        honest.tell(Set.of(offer(Service.PROXY_TLS, good.port())));
      });
      later.start();
      PledgeConfig config = PledgeConfig.of(good.device("SN-1"), time, new SecureRandom());
      long since = System.nanoTime();
      Onboarding onboarding = onboard(config, Set.of(Method.GRASP, Method.MDNS), Duration.ofSeconds(20));
      later.join();
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      assertThat(good.seen(ScriptedRegistrar.ENROLL_STATUS)).hasSize(1);
      assertThat(Duration.ofNanos(System.nanoTime() - since)).as("without waiting for an answer").isLessThan(Duration.ofSeconds(100));
    } finally {
      over.countDown();
    }
  }

  /** A registrar whose MASA is slow, and that says nothing meanwhile, has more time with each attempt. */
  @Test
  void slowRegistrarOverCoapsIsAskedAgainAndGivenMoreTime() throws Exception {
    CountDownLatch secondTime = new CountDownLatch(1);
    try (ScriptedCoapsRegistrar registrar = silent(secondTime); Herald herald = herald(Method.GRASP, Service.PROXY_COAPS, registrar.address().port())) {
      Thread later = new Thread(() -> {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> asked.size() > 1);
        secondTime.countDown();
      });
      later.start();
      Onboarding onboarding = onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), Set.of(Method.GRASP), Duration.ofSeconds(20));
      later.join();
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
    } finally {
      secondTime.countDown();
    }
  }

  /** "Later" is an answer: as long as it holds everybody else can be heard, so the attempt goes on with the same request. */
  @Test
  void registrarThatSaysLaterOverCoapsIsNotLeft() throws Exception {
    try (ScriptedCoapsRegistrar registrar = new ScriptedCoapsRegistrar(domain, Map.of(), here().getHostAddress());
        Herald herald = herald(Method.GRASP, Service.PROXY_COAPS, registrar.address().port())) {
      registrar.answering(ScriptedCoapsRegistrar.VOUCHER, ScriptedCoapsRegistrar.later(Duration.ofSeconds(7)));
      Onboarding onboarding = onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), Set.of(Method.GRASP), Duration.ofSeconds(20));
      assertThat(onboarding.report().ok()).as(onboarding.report().toString()).isTrue();
      List<ScriptedCoapsRegistrar.Seen> requests = registrar.seen(ScriptedCoapsRegistrar.VOUCHER);
      assertThat(requests).hasSizeGreaterThan(1);
      assertThat(requests.get(1).body()).isEqualTo(requests.get(0).body());
    }
  }

  /** The operator's own domain is the last resort, also when whoever was found takes its time and says so. */
  @Test
  void proxyThatSaysLaterComesBeforeTheConfiguration() throws Exception {
    try (ScriptedRegistrar configured = ScriptedRegistrar.fresh(); ScriptedRegistrar found = registrar(configured.manufacturer);
        Herald herald = herald(Method.MDNS, Service.PROXY_TLS, found.port())) {
      found.answering(ScriptedRegistrar.VOUCHER, HttpResponse.text(202, "later").with("retry-after", "14"));
      PledgeTime slow = new PledgeTime(() -> TestPki.NOW, true, () -> System.nanoTime() / 2, Pause.real()); // for slow machines all is twice as long
      PledgeConfig config = PledgeConfig.of(configured.device("SN-1"), configured.address(), slow, new SecureRandom());
      assertThat(onboard(config, Set.of(Method.MDNS), Duration.ofSeconds(30)).report().ok()).isTrue();
      assertThat(found.seen(ScriptedRegistrar.ENROLL_STATUS)).hasSize(1);
      assertThat(configured.seen).isEmpty();
    }
  }

  /** Whatever breaks in us, one attempt ends by it and not the onboarding. */
  @Test
  void errorOfOurOwnIsASetbackOfThatProxyOnly() throws Exception {
    try (ScriptedRegistrar good = registrar(); ScriptedRegistrar breaking = registrar(good.manufacturer); ScriptedRegistrar worse = registrar(good.manufacturer);
        GraspHerald first = GraspHerald.dull(List.of(link.one())); MdnsHerald second = MdnsHerald.start(List.of(link.one()), "test")) {
      first.tell(Set.of(offer(Service.PROXY_TLS, breaking.port()), offer(Service.PROXY_TLS, worse.port())));
      Thread later = new Thread(() -> {
        org.awaitility.Awaitility.await().dontCatchUncaughtExceptions().atMost(Duration.ofSeconds(60)).until(() -> asked.stream().distinct().count() == 2);
        second.tell(Set.of(offer(Service.PROXY_TLS, good.port())));
      });
      later.start();
      PledgeConfig config = PledgeConfig.of(good.device("SN-1"), time, new SecureRandom());
      RegistrarLink.Opener https = HttpsLink.opener(config.protocols(), time, Duration.ofSeconds(20));
      RegistrarLink.Opener opener = (where, credential, trust) -> {
        if (where.port() == breaking.port()) {
          throw new IllegalStateException("broken");
        }
        if (where.port() == worse.port()) {
          throw new AssertionError("broken for good");
        }
        return https.open(where, credential, trust);
      };
      Search.Plan plan = new Search.Plan(Set.of(Method.GRASP, Method.MDNS), List.of(link.other()), EnumSet.allOf(Scheme.class), Scheme.HTTPS, Duration.ofSeconds(60));
      try (Search search = Search.start(plan, time, progress)) {
        OnboardReport report = new Pursuit(config, search, opener, progress).run().report();
        assertThat(report.ok()).as(report.toString()).isTrue();
      }
      later.join();
    }
  }

  @Test
  void configuredRegistrarIsTheLastResort() throws Exception {
    try (ScriptedRegistrar configured = ScriptedRegistrar.fresh(); ScriptedRegistrar refusing = registrar(configured.manufacturer)) {
      refusing.answering(ScriptedRegistrar.VOUCHER, HttpResponse.text(403, "not ours"));
      PledgeConfig config = PledgeConfig.of(configured.device("SN-1"), configured.address(), time, new SecureRandom());
      assertThat(onboard(config, Set.of(Method.MDNS), Duration.ofSeconds(1)).report().ok()).as("nobody is heard").isTrue();
      assertThat(asked).containsExactly(configured.address());
      asked.clear();
      try (Herald herald = herald(Method.MDNS, Service.PROXY_TLS, refusing.port())) {
        assertThat(onboard(config, Set.of(Method.MDNS), Duration.ofSeconds(20)).report().ok()).as("who was heard refused").isTrue();
        assertThat(asked).extracting(RegistrarAddress::port).containsExactly(refusing.port(), configured.port());
      }
    }
  }

  @Test
  void preferredTransportComesFirst() throws Exception {
    try (ScriptedCoapsRegistrar coaps = new ScriptedCoapsRegistrar(domain, Map.of(), here().getHostAddress());
        ScriptedRegistrar tls = new ScriptedRegistrar(coaps.manufacturer, domain, domain.registrar("tls"), here().getHostAddress(), 0);
        MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test")) {
      herald.tell(Set.of(offer(Service.PROXY_TLS, tls.port()), offer(Service.PROXY_COAPS, coaps.address().port())));
      PledgeConfig config = PledgeConfig.of(tls.device("SN-1"), time, new SecureRandom());
      Search.Plan plan = new Search.Plan(Set.of(Method.MDNS), List.of(link.other()), EnumSet.allOf(Scheme.class), Scheme.COAPS, Duration.ofSeconds(20));
      try (Search search = Search.start(plan, time, progress)) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> search.now().size() == 2);
        assertThat(Pledge.onboard(config, search, progress).report().ok()).isTrue();
      }
      assertThat(asked).first().satisfies(address -> assertThat(address.scheme()).isEqualTo(Scheme.COAPS));
    }
  }

  @Test
  void silenceIsAnErrorThatSaysWhere() throws Exception {
    try (ScriptedRegistrar registrar = registrar()) {
      OnboardReport report = onboard(PledgeConfig.of(registrar.device("SN-1"), time, new SecureRandom()), EnumSet.allOf(Method.class), Duration.ofSeconds(1)).report();
      assertThat(report.refused()).hasValueSatisfying(refusal -> {
        assertThat(refusal.reason()).isEqualTo(PledgeReason.NOTHING_HEARD);
        assertThat(refusal.detail()).contains("grasp, mdns, coap on " + link.other());
      });
    }
  }

  @Test
  void interfaceThatIsNotThereIsAnError() {
    Search.Plan plan = new Search.Plan(EnumSet.allOf(Method.class), List.of("no-such-if"), EnumSet.allOf(Scheme.class), Scheme.HTTPS, Duration.ofSeconds(1));
    assertThatThrownBy(() -> Search.start(plan, time, progress)).isInstanceOf(IOException.class).hasMessageContaining("no-such-if");
    Search.Plan useless = new Search.Plan(Set.of(Method.COAP), List.of(link.other()), Set.of(Scheme.HTTPS), Scheme.HTTPS, Duration.ofSeconds(1));
    assertThatThrownBy(() -> Search.start(useless, time, progress)).isInstanceOf(IOException.class);
  }

  private Onboarding onboard(PledgeConfig config, Set<Method> methods, Duration patience) throws IOException {
    Search.Plan plan = new Search.Plan(methods, List.of(link.other()), EnumSet.allOf(Scheme.class), Scheme.HTTPS, patience);
    try (Search search = Search.start(plan, time, progress)) {
      return Pledge.onboard(config, search, progress);
    }
  }

  /** One that takes requests and answers when it is told. */
  private ScriptedCoapsRegistrar silent(CountDownLatch answers) throws IOException {
    ScriptedCoapsRegistrar registrar = new ScriptedCoapsRegistrar(domain, Map.of(), here().getHostAddress());
    registrar.voucher = honest -> {
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return honest;
    };
    return registrar;
  }

  private ScriptedRegistrar registrar() throws IOException {
    return registrar(TestPki.manufacturer("Acme", ""));
  }

  private ScriptedRegistrar registrar(TestPki manufacturer) throws IOException {
    Credential shown = domain.registrar("registrar");
    return new ScriptedRegistrar(manufacturer, domain, shown, here().getHostAddress(), 0);
  }

  private Herald herald(Method method, Service service, int port) throws IOException {
    List<String> here = List.of(link.one());
    Herald herald = switch (method) {
      case GRASP -> GraspHerald.dull(here);
      case MDNS -> MdnsHerald.start(here, "test");
      case COAP -> CoapHerald.start(here);
    };
    herald.tell(Set.of(offer(service, port)));
    return herald;
  }

  private Offer offer(Service service, int port) {
    try {
      return new Offer(service, link.one(), here(), port);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, here())) {
      return socket.getLocalPort();
    }
  }

  private InetAddress here() throws IOException {
    return NetworkInterface.getByName(link.one()).inetAddresses().filter(Inet6Address.class::isInstance).findFirst().orElseThrow();
  }
}
