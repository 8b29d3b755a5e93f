package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eider.discovery.Method;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
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
  private final Heard heard = new Heard(() -> now, new Random(1), progress);

  @Test
  void oneThatIsHeardByTwoMethodsIsKnownAsLongAsOneHasIt() throws Exception {
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

  /** Somebody who floods a thousand proxies fills no memory, does not touch what others tell, and has one line for each at most. */
  @Test
  void floodsAreBounded() throws Exception {
    see(Service.PROXY_TLS, Method.GRASP, 60_000, 0);
    for (int port = 1; port <= 1000; port++) {
      see(Service.PROXY_TLS, Method.MDNS, port, 0);
    }
    assertThat(heard.now()).hasSize(Heard.MOST_OF_A_NEIGHBOUR + 1);
    assertThat(ports()).contains(60_000);
    assertThat(told).hasSize(Heard.MOST_TOLD);
    see(Service.PROXY_TLS, Method.MDNS, 5000, 0);
    assertThat(ports()).contains(5000);
  }

  /** With as many neighbours as it takes: who tells of one proxy is not forgotten for who tells of several. */
  @Test
  void manyHostileNeighboursKeepNobodyOut() throws Exception {
    for (int i = 0; i < 1000; i++) {
      heard.seen(sighting(Service.PROXY_TLS, Method.GRASP, i + 1, "fe80::bad:" + Integer.toHexString(i % 20)));
    }
    heard.seen(sighting(Service.PROXY_TLS, Method.GRASP, 60_000, "fe80::600d"));
    for (int i = 0; i < 1000; i++) {
      heard.seen(sighting(Service.PROXY_TLS, Method.GRASP, i + 2000, "fe80::bad:" + Integer.toHexString(i % 20)));
    }
    assertThat(heard.now()).hasSize(Heard.MOST_OF_A_METHOD);
    assertThat(ports()).contains(60_000);
  }

  @Test
  void goodbyesOfOthersDoNotCount() throws Exception {
    heard.seen(sighting(Service.PROXY_TLS, Method.MDNS, 1, "fe80::600d"));
    heard.gone(sighting(Service.PROXY_TLS, Method.MDNS, 1, "fe80::bad"));
    assertThat(ports()).containsExactly(1);
  }

  @Test
  void theyAreInNoCertainOrder() throws Exception {
    for (int port = 1; port <= 5; port++) {
      see(Service.PROXY_TLS, Method.MDNS, port, 0);
    }
    assertThat(java.util.stream.IntStream.range(0, 50).mapToObj(i -> ports()).distinct()).hasSizeGreaterThan(1);
  }

  private void see(Service service, Method method, int port, int priority) throws Exception {
    heard.seen(sighting(service, method, port, priority));
  }

  private static Sighting sighting(Service service, Method method, int port, int priority) throws Exception {
    InetAddress address = InetAddress.getByName("fe80::1%1");
    return new Sighting(service, method, new InetSocketAddress(address, port), "eth0", priority, 0, Optional.of(Duration.ofSeconds(100)));
  }

  private static Sighting sighting(Service service, Method method, int port, String by) throws Exception {
    return new Sighting(service, method, new InetSocketAddress(InetAddress.getByName("fe80::1%1"), port), "eth0", 0, 0,
        Optional.of(Duration.ofSeconds(100)), InetAddress.getByName(by));
  }

  private List<Integer> ports() {
    return heard.now().stream().map(lead -> lead.proxy().port()).distinct().toList();
  }
}
