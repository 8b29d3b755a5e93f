package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.eider.limits.SourceLimits.Rate;
import org.eider.testkit.Vectors;
import org.eider.testkit.VethPair;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Discovery without DTLS, with raw datagrams (RFC 7252 figure 7). */
class CoapDiscoveryTest {
  private static final CoapRoutes ROUTES = CoapRoutes.builder()
      .link("/b", "brski").link("/b/rv", "brski.rv", ContentFormat.VOUCHER_COSE)
      .on("POST", "/b/rv", 100, request -> CoapAnswer.changed()).build();
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress("0.0.0.0", 5684);
  private static final int CON = 0x40;
  private static final int NON = 0x50;

  private Optional<CoapDiscovery> discovery = Optional.empty();

  private CoapDiscovery start(DiscoveryConfig config) throws IOException {
    CoapDiscovery started = CoapDiscovery.start(config, ROUTES);
    discovery = Optional.of(started);
    return started;
  }

  @AfterEach
  void stop() {
    discovery.ifPresent(CoapDiscovery::close);
  }

  /** A request for /.well-known/core with a query; code 1 is GET, 2 is POST. */
  private static byte[] request(int type, int code, String query) throws Exception {
    String head = String.format("%02x%02x1234", type, code);
    String path = "bb" + hex(".well-known") + "04" + hex("core");
    String length = query.length() < 13 ? String.format("4%x", query.length()) : String.format("4d%02x", query.length() - 13);
    return Octets.hex(head + path + length + hex(query)).toArray();
  }

  private static String hex(String text) {
    return Octets.utf8(text).hex();
  }

  private static String ask(DatagramSocket socket, InetAddress to, int port, byte[] request) throws IOException {
    socket.setSoTimeout(3000);
    socket.send(new DatagramPacket(request, request.length, to, port));
    DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
    socket.receive(answer);
    int code = answer.getData()[1] & 0xff;
    return (code >> 5) + "." + (code & 31) + " " + new String(answer.getData(), 4, answer.getLength() - 4, StandardCharsets.UTF_8)
        .replaceFirst("^[^<]*\\xff|^[^<a-z]*", "");
  }

  private String ask(byte[] request) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      return ask(socket, InetAddress.getByName("127.0.0.1"), discovery.orElseThrow().address().getPort(), request);
    }
  }

  @Test
  void linksPointToTheSecurePortOfTheAddressThatWasReached() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(ANYWHERE));
    assertThat(ask(request(CON, 1, "rt=brski.*"))).isEqualTo("2.5 <coaps://127.0.0.1:5684/b/rv>;rt=brski.rv;ct=836");
  }

  @Test
  void theBaseAloneIsWhatAnExactQueryGets() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(new InetSocketAddress("127.0.0.1", 15684)));
    assertThat(ask(request(CON, 1, "rt=brski"))).isEqualTo("2.5 <coaps://127.0.0.1:15684/b>;rt=brski");
    byte[] byNumber = Octets.hex("40011234" + "d000").toArray();
    assertThat(ask(byNumber)).startsWith("2.5 <coaps://127.0.0.1:15684/b>;rt=brski,<coaps://");
    byte[] unknown = Octets.hex("40011234" + "d20003e7").toArray();
    assertThat(ask(unknown)).startsWith("4.2");
  }

  @Test
  void aRegistrarOnTheLinkTellsItsPortLikeAJoinProxy() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(ANYWHERE));
    assertThat(ask(request(CON, 1, "brski-jp=*"))).as("unless it is to").startsWith("4.4");
    discovery.orElseThrow().close();
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(ANYWHERE).asProxy(true));
    assertThat(ask(request(CON, 1, "brski-jp=*"))).isEqualTo("2.5 <>;brski-jp=5684");
  }

  @Test
  void theVectorsQuestionsHaveTheVectorsAnswers() throws Exception {
    InetAddress registrar = InetAddress.getByName("2001:db8:0:abcd::52");
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(new InetSocketAddress(registrar, 5684))
        .with(new DiscoveryConfig.Elsewhere("jpy", "brski.rjp", new InetSocketAddress(registrar, 7634))));
    assertThat(compressed(ask(request(CON, 1, "rt=brski.rjp")))).isEqualTo("2.5 " + vector("registrar-brski-rjp.txt"));
    assertThat(compressed(ask(request(CON, 1, "rt=brski")))).as("with its port, which the vector implies")
        .isEqualTo("2.5 " + vector("registrar-brski.txt").replace("]/b", "]:5684/b"));
  }

  private static String vector(String file) throws IOException {
    return Files.readString(Vectors.folder("join-proxy").resolve("link-format").resolve(file)).strip();
  }

  /** IPv6 addresses as RFC 5952 writes them, which Java does not. */
  private static String compressed(String links) {
    return links.replace("2001:db8:0:abcd:0:0:0:52", "2001:db8:0:abcd::52");
  }

  @Test
  void aPlaceWithoutResourcesIsToldByItselfAtTheAddressThatWasReached() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of())
        .with(new DiscoveryConfig.Elsewhere("jpy", "brski.rjp", new InetSocketAddress("0.0.0.0", 7634))));
    assertThat(ask(request(CON, 1, "rt=brski.rjp"))).isEqualTo("2.5 <jpy://127.0.0.1:7634>;rt=brski.rjp");
    assertThat(ask(request(CON, 1, "rt=brski*"))).isEqualTo("2.5 <jpy://127.0.0.1:7634>;rt=brski.rjp");
    assertThat(ask(request(CON, 1, "rt=brski"))).startsWith("4.4");
  }

  /** The link-local address of an end of a link. */
  private static InetAddress addressOf(String end) throws IOException {
    return NetworkInterface.getByName(end).inetAddresses().filter(InetAddress::isLinkLocalAddress).findFirst().orElseThrow();
  }

  /** What comes back for a question to a group, from the other end of a link. */
  private Optional<String> askGroup(VethPair link, String group, byte[] request, int patience) throws Exception {
    try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(addressOf(link.other()), 0))) {
      socket.setNetworkInterface(NetworkInterface.getByName(link.other()));
      socket.setTimeToLive(1);
      socket.setSoTimeout(patience);
      socket.send(new DatagramPacket(request, request.length, InetAddress.getByName(group), discovery.orElseThrow().address().getPort()));
      DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
      socket.receive(answer);
      socket.setSoTimeout(1200);
      assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1500], 1500))).as("once").isInstanceOf(SocketTimeoutException.class);
      assertThat(answer.getAddress().getAddress()).as("from where it was asked").isEqualTo(addressOf(link.one()).getAddress());
      return Optional.of(new String(answer.getData(), 4, answer.getLength() - 4, StandardCharsets.UTF_8).replaceFirst("^[^<]*", ""));
    } catch (SocketTimeoutException silence) {
      return Optional.empty();
    }
  }

  @Test
  void theGroupsOfLinkRealmAndSiteAreAnsweredWithTheAddressThatWasReached() throws Exception {
    try (VethPair link = VethPair.create()) {
      start(new DiscoveryConfig("test", "::", 0, List.of(link.one())).with(ANYWHERE)
          .with(new DiscoveryConfig.Elsewhere("jpy", "brski.rjp", new InetSocketAddress("::", 7634))));
      String here = addressOf(link.one()).getHostAddress().replaceAll("%.*", "");
      for (String group : List.of("ff02::fd", "ff03::fd", "ff05::fd")) {
        assertThat(askGroup(link, group, request(NON, 1, "rt=brski.rjp"), 3000)).as(group).contains("<jpy://[" + here + "]:7634>;rt=brski.rjp");
        assertThat(askGroup(link, group, request(NON, 1, "rt=brski"), 3000)).as(group).contains("<coaps://[" + here + "]:5684/b>;rt=brski");
      }
      assertThat(askGroup(link, "ff02::fd", request(NON, 1, "rt=brski.rv*"), 3000)).as("on the link").isPresent();
    }
  }

  @Test
  void whoeverAsksIsAnsweredOnceAlsoWhereSeveralInterfacesAreListenedTo() throws Exception {
    try (VethPair link = VethPair.create(); VethPair second = VethPair.create()) {
      start(new DiscoveryConfig("test", "::", 0, List.of(link.one(), second.one())).with(ANYWHERE));
      for (String group : List.of("ff02::fd", "ff05::fd")) {
        assertThat(askGroup(link, group, request(NON, 1, "rt=brski"), 3000)).as(group).isPresent();
        assertThat(askGroup(second, group, request(NON, 1, "rt=brski"), 3000)).as(group).isPresent();
      }
    }
  }

  @Test
  void anInterfaceThatComesBackIsListenedToAgain() throws Exception {
    try (VethPair link = VethPair.create()) {
      start(new DiscoveryConfig("test", "::", 0, List.of(link.one())).with(ANYWHERE));
      link.down(link.one());
      link.up(link.one());
      link.awaitAddress(link.one());
      link.awaitAddress(link.other());
      byte[] request = request(NON, 1, "rt=brski");
      await().atMost(java.time.Duration.ofSeconds(20)).ignoreExceptions()
          .until(() -> askGroup(link, "ff02::fd", request, 1500).isPresent());
    }
  }

  @Test
  void aGroupIsSilentAboutWhatIsNotHereAndToWhoAsksForEverything() throws Exception {
    try (VethPair link = VethPair.create()) {
      start(new DiscoveryConfig("test", "::", 0, List.of(link.one())).with(ANYWHERE));
      byte[] withoutFilter = Octets.hex("50011234" + "bb" + hex(".well-known") + "04" + hex("core")).toArray();
      assertThat(askGroup(link, "ff05::fd", request(NON, 1, "rt=brski.rjp"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff05::fd", request(NON, 1, "rt=brski*"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff03::fd", request(NON, 1, "rt=brski.*"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff02::fd", request(NON, 1, "rt=*"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff02::fd", request(NON, 1, "brski-jp=*"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff02::fd", withoutFilter, 1500)).isEmpty();
      assertThat(askGroup(link, "ff02::fd", request(NON, 2, "rt=brski"), 1500)).isEmpty();
      assertThat(askGroup(link, "ff05::fd", request(NON, 1, "rt=brski"), 3000)).isPresent();
    }
  }

  @Test
  void nothingElseIsServed() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(ANYWHERE));
    assertThat(ask(Octets.hex("40021234" + "b1" + hex("b") + "02" + hex("rv")).toArray())).startsWith("4.4");
    assertThat(ask(Octets.hex("40011234" + "b1" + hex("b")).toArray())).startsWith("4.4");
    assertThat(ask(request(CON, 2, "rt=brski.rv*x"))).startsWith("4.4");
  }

  @Test
  void aSourceGetsSoManyAnswersAndNoMore() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of()).with(ANYWHERE).withRates(new Rate(1, 3), Rate.ANY));
    byte[] request = request(NON, 1, "rt=brski.rv*");
    for (int i = 0; i < 3; i++) {
      assertThat(ask(request)).startsWith("2.5");
    }
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      socket.setSoTimeout(500);
      socket.send(new DatagramPacket(request, request.length, discovery.orElseThrow().address()));
      assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1500], 1500))).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void anInterfaceThatIsNotThereIsTold() {
    assertThatThrownBy(() -> start(new DiscoveryConfig("test", "0.0.0.0", 0, List.of("nowhere0")).with(ANYWHERE)))
        .isInstanceOf(IOException.class).hasMessageContaining("nowhere0");
  }

  @Test
  void aGroupIsAnsweredOnItsInterfaceWhereThereIsSomethingToTell() throws Exception {
    try (VethPair link = VethPair.create()) {
      VethPair.ip("address", "add", "192.0.2.1/24", "dev", link.one());
      start(new DiscoveryConfig("test", "::", 0, List.of(link.one())).with(ANYWHERE));
      int port = discovery.orElseThrow().address().getPort();
      NetworkInterface on = VethPair.interfaceOf(link.one());
      try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress("192.0.2.1", 0))) {
        socket.setNetworkInterface(on);
        socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
        InetAddress group = InetAddress.getByName("224.0.1.187");
        assertThat(ask(socket, group, port, request(NON, 1, "rt=brski.rv*"))).isEqualTo("2.5 <coaps://192.0.2.1:5684/b/rv>;rt=brski.rv;ct=836");
        byte[] nothing = request(NON, 1, "rt=something.else");
        socket.send(new DatagramPacket(nothing, nothing.length, group, port));
        socket.setSoTimeout(1500);
        assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1500], 1500))).isInstanceOf(SocketTimeoutException.class);
      }
      try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(addressOf(link.one()), 0))) {
        socket.setNetworkInterface(on);
        InetAddress group = Inet6Address.getByAddress(null, InetAddress.getByName("ff02::fd").getAddress(), on);
        assertThat(ask(socket, group, port, request(NON, 1, "rt=brski.rv*")))
            .startsWith("2.5 <coaps://[fe80:").doesNotContain("%").contains("]:5684/b/rv>;rt=brski.rv");
      }
    }
  }
}
