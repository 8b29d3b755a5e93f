package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.eider.discovery.Method;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.junit.jupiter.api.Test;

class HeardTest {
  private final List<String> told = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1000;
  private final Progress progress = new Progress() {
    @Override
    public void step(Step step) {}

    @Override
    public void heard(RegistrarAddress proxy, String how) {
      told.add(proxy + " " + how);
    }
  };
  private final Heard heard = new Heard(Scheme.HTTPS, () -> now, new Random(1), progress);

  @Test
  void preferredTransportThenGraspThenMdnsThenPriority() throws Exception {
    see(Service.PROXY_COAPS, Method.GRASP, 1, 0);
    see(Service.PROXY_TLS, Method.MDNS, 2, 9);
    see(Service.PROXY_TLS, Method.MDNS, 3, 1);
    see(Service.PROXY_TLS, Method.GRASP, 4, 0);
    see(Service.PROXY_COAPS, Method.COAP, 5, 0);
    assertThat(ports()).containsExactly(4, 3, 2, 1, 5);
    assertThat(heard.now().values()).allMatch(rank -> rank < Heard.LAST);
  }

  @Test
  void oneThatIsHeardByTwoMethodsIsOneOfTheBetterRank() throws Exception {
    see(Service.PROXY_TLS, Method.MDNS, 1, 0);
    see(Service.PROXY_TLS, Method.GRASP, 1, 0);
    see(Service.PROXY_TLS, Method.GRASP, 1, 0);
    assertThat(ports()).containsExactly(1);
    assertThat(told).containsExactly("https://[fe80:0:0:0:0:0:0:1%eth0]:1 by mdns on eth0", "https://[fe80:0:0:0:0:0:0:1%eth0]:1 by grasp on eth0");
    heard.gone(sighting(Service.PROXY_TLS, Method.GRASP, 1, 0));
    assertThat(ports()).as("the other method still has it").containsExactly(1);
  }

  @Test
  void whatIsOldOrGoneIsForgotten() throws Exception {
    see(Service.PROXY_TLS, Method.MDNS, 1, 0);
    see(Service.PROXY_TLS, Method.MDNS, 2, 0);
    heard.gone(sighting(Service.PROXY_TLS, Method.MDNS, 1, 0));
    assertThat(ports()).containsExactly(2);
    now += Duration.ofSeconds(101).toNanos();
    assertThat(ports()).isEmpty();
    assertThat(heard.isAny()).isTrue();
  }

  @Test
  void registrarsAreNotForPledges() throws Exception {
    see(Service.REGISTRAR_TLS, Method.MDNS, 1, 0);
    see(Service.REGISTRAR_COAPS, Method.MDNS, 2, 0);
    see(Service.REGISTRAR_JPY, Method.MDNS, 3, 0);
    assertThat(heard.isAny()).isFalse();
  }

  /** Somebody who floods a thousand proxies fills no memory, does not touch other methods, and cannot keep a proxy out that goes on telling. */
  @Test
  void floodsAreBounded() throws Exception {
    see(Service.PROXY_TLS, Method.GRASP, 60_000, 0);
    for (int port = 1; port <= 1000; port++) {
      see(Service.PROXY_TLS, Method.MDNS, port, 0);
    }
    assertThat(heard.now()).hasSize(Heard.MOST_OF_A_METHOD + 1);
    assertThat(ports()).contains(60_000);
    assertThat(told).hasSize(Heard.MOST_TOLD);
    see(Service.PROXY_TLS, Method.MDNS, 5000, 0);
    assertThat(ports()).contains(5000);
  }

  @Test
  void equalsAreInNoCertainOrder() throws Exception {
    for (int port = 1; port <= 5; port++) {
      see(Service.PROXY_TLS, Method.MDNS, port, 0);
    }
    assertThat(java.util.stream.IntStream.range(0, 50).mapToObj(i -> List.copyOf(heard.now().keySet())).distinct()).hasSizeGreaterThan(1);
  }

  private void see(Service service, Method method, int port, int priority) throws Exception {
    heard.seen(sighting(service, method, port, priority));
  }

  private static Sighting sighting(Service service, Method method, int port, int priority) throws Exception {
    InetAddress address = InetAddress.getByName("fe80::1%1");
    return new Sighting(service, method, new InetSocketAddress(address, port), "eth0", priority, 0, Optional.of(Duration.ofSeconds(100)));
  }

  private List<Integer> ports() {
    return heard.now().entrySet().stream().sorted(Comparator.comparingInt(Map.Entry::getValue)).map(entry -> entry.getKey().port()).toList();
  }
}
