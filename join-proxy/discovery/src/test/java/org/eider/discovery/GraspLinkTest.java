package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.grasp.Address;
import org.eider.grasp.Discovered;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.FloodTiming;
import org.eider.grasp.Flooded;
import org.eider.grasp.GraspCodec;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.NodeLimits;
import org.eider.grasp.Objective;
import org.eider.testkit.FreePorts;
import org.eider.testkit.Opened;
import org.eider.testkit.VethPair;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On links with IPv6 link-local addresses; needs root on Linux. */
final class GraspLinkTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String REGISTRAR = "AN_join_registrar";

  private final int port = FreePorts.any();
  private final DullNode.Settings settings =
      new DullNode.Settings(port, NodeLimits.STANDARD, new FloodTiming(Duration.ofSeconds(30), Duration.ofSeconds(2)));
  @AutoClose
  private final Opened open = new Opened();
  private final List<Sighting> seen = Collections.synchronizedList(new ArrayList<>());
  private VethPair pair;

  private final Lookout.Watcher watcher = new Lookout.Watcher() {
    @Override
    public void seen(Sighting sighting) {
      seen.add(sighting);
    }

    @Override
    public void gone(Sighting sighting) {
      throw new AssertionError("GRASP has no good-bye");
    }
  };

  @BeforeEach
  void link() throws Exception {
    pair = open.keep(VethPair.create());
  }

  private static Inet6Address linkLocal(String interfaceName) throws IOException {
    return (Inet6Address) NetworkInterface.getByName(interfaceName).inetAddresses().filter(InetAddress::isLinkLocalAddress).findFirst().orElseThrow();
  }

  private static Offer proxy(String interfaceName, int port) throws IOException {
    return new Offer(Service.PROXY_TLS, interfaceName, linkLocal(interfaceName), port);
  }

  @Test
  void proxyIsSeenOnItsLinkWithTheScopeOfWhoHears() throws Exception {
    VethPair elsewhere = open.keep(VethPair.create());
    open.keep(GraspLookout.dull(List.of(pair.other(), elsewhere.other()), Set.of(Service.PROXY_TLS), watcher, settings));
    GraspHerald herald = open.keep(GraspHerald.dull(List.of(pair.one()), settings));
    herald.tell(Set.of(proxy(pair.one(), 4443), new Offer(Service.PROXY_TLS, elsewhere.one(), linkLocal(elsewhere.one()), 1)));
    await().atMost(SOON).untilAsserted(() -> assertThat(seen).hasSizeGreaterThanOrEqualTo(2));
    assertThat(seen).allSatisfy(sighting -> {
      assertThat(sighting.interfaceName()).isEqualTo(pair.other());
      assertThat(sighting.address()).isEqualTo(new InetSocketAddress(linkLocal(pair.one()), 4443));
      assertThat(((Inet6Address) sighting.address().getAddress()).getScopeId()).isEqualTo(NetworkInterface.getByName(pair.other()).getIndex());
      assertThat(sighting.lifetime()).contains(Duration.ofSeconds(30));
    });
  }

  @Test
  void interfaceThatComesBackWithAnotherAddressIsUsedAgain() throws Exception {
    open.keep(GraspLookout.dull(List.of(pair.other()), Set.of(Service.PROXY_TLS), watcher, settings));
    GraspHerald herald = open.keep(GraspHerald.dull(List.of(pair.one()), settings));
    herald.tell(Set.of(proxy(pair.one(), 1)));
    await().atMost(SOON).untilAsserted(() -> assertThat(seen).isNotEmpty());
    InetAddress before = linkLocal(pair.one());
    for (String end : List.of(pair.one(), pair.other())) {
      pair.down(end);
      VethPair.ip("link", "set", end, "address", end.equals(pair.one()) ? "02:00:00:00:77:01" : "02:00:00:00:77:02");
    }
    pair.up(pair.one());
    pair.up(pair.other());
    pair.awaitAddress(pair.one());
    pair.awaitAddress(pair.other());
    assertThat(linkLocal(pair.one())).isNotEqualTo(before);
    herald.tell(Set.of(proxy(pair.one(), 2)));
    await().atMost(SOON).untilAsserted(() ->
        assertThat(seen).extracting(Sighting::address).contains(new InetSocketAddress(linkLocal(pair.one()), 2)));
  }

  @Test
  void floodFromAGlobalSourceIsDropped() throws Exception {
    DullNode node = open.keep(DullNode.open(pair.other(), settings, Set.of("AN_Proxy"), flooded -> { }));
    VethPair.ip("-6", "address", "add", "fd00:77::1/64", "dev", pair.one(), "nodad");
    Message.Flood.Entry entry = new Message.Flood.Entry(Objective.flooded("AN_Proxy", 1, ""),
        Optional.of(new Locator.Ip(Address.of(linkLocal(pair.one())), Locator.TCP, 1)));
    send(InetAddress.getByName("fd00:77::1"), entry);
    Message.Flood.Entry good = new Message.Flood.Entry(entry.objective(), Optional.of(new Locator.Ip(Address.of(linkLocal(pair.one())), Locator.TCP, 2)));
    send(linkLocal(pair.one()), good);
    await().atMost(SOON).untilAsserted(() -> assertThat(node.known("AN_Proxy")).isNotEmpty());
    assertThat(node.known("AN_Proxy")).extracting(Flooded::locator).containsExactly(good.locator());
  }

  private void send(InetAddress from, Message.Flood.Entry entry) throws IOException {
    Octets flood = GraspCodec.standard().encode(new Message.Flood(1, Address.of(from), 0, List.of(entry)));
    NetworkInterface card = NetworkInterface.getByName(pair.one());
    try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(from, 0))) {
      socket.setNetworkInterface(card);
      socket.send(new DatagramPacket(flood.toArray(), flood.size(), Inet6Address.getByAddress("", InetAddress.getByName("ff02::13").getAddress(), card.getIndex()), port));
    }
  }

  private DomainNode domain(boolean relays, List<Flooded> heard, String... interfaces) throws IOException {
    return open.keep(DomainNode.open(new DomainNode.Settings(List.of(interfaces), port, relays, List.of(), Optional.empty(), Optional.empty(),
        NodeLimits.STANDARD, FloodTiming.STANDARD), Set.of(REGISTRAR), heard::add));
  }

  @Test
  void twoRelaysBetweenTwoLinksPassEachFloodOnOnceAndDiscoveriesAsWell() throws Exception {
    VethPair second = open.keep(VethPair.create());
    VethPair.ip("-6", "address", "add", "fd00:78::1/64", "dev", pair.one(), "nodad");
    VethPair.ip("-6", "address", "add", "fd00:79::1/64", "dev", second.other(), "nodad");
    List<Flooded> far = Collections.synchronizedList(new ArrayList<>());
    DomainNode listener = domain(false, far, second.other());
    domain(true, new ArrayList<>(), pair.other(), second.one());
    domain(true, new ArrayList<>(), pair.other(), second.one());
    DomainNode teller = domain(false, new ArrayList<>(), pair.one());
    Locator at = new Locator.Ip(Address.of(InetAddress.getByName("fd00:78::1")), Locator.TCP, 8443);
    teller.tell(List.of(new Message.Flood.Entry(Objective.flooded(REGISTRAR, 255, "EST-TLS"), Optional.of(at))));
    await().atMost(SOON).untilAsserted(() -> assertThat(listener.known(REGISTRAR)).hasSize(1));
    await().during(Duration.ofSeconds(2)).atMost(SOON).untilAsserted(() -> assertThat(far).as("two floods over two relays").hasSizeLessThanOrEqualTo(6));
    assertThat(far).allSatisfy(flooded -> {
      assertThat(flooded.objective().loopCount()).isBetween(253, 254);
      assertThat(flooded.initiator()).isEqualTo(Address.of(InetAddress.getByName("fd00:78::1")));
    });
    List<Discovered> found = Collections.synchronizedList(new ArrayList<>());
    listener.discover(REGISTRAR, 6, Duration.ofSeconds(3), found::add);
    assertThat(found).isNotEmpty().allSatisfy(answer -> assertThat(answer.locators()).containsExactly(at));
  }
}
