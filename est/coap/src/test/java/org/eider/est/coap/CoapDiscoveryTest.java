package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Optional;
import org.eider.limits.SourceLimits.Rate;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of(), ANYWHERE));
    assertThat(ask(request(CON, 1, "rt=brski.*"))).isEqualTo("2.5 <coaps://127.0.0.1:5684/b/rv>;rt=brski.rv;ct=836");
  }

  @Test
  void theBaseAloneIsWhatAnExactQueryGets() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of(), new InetSocketAddress("127.0.0.1", 15684)));
    assertThat(ask(request(CON, 1, "rt=brski"))).isEqualTo("2.5 <coaps://127.0.0.1:15684/b>;rt=brski");
    byte[] byNumber = Octets.hex("40011234" + "d000").toArray();
    assertThat(ask(byNumber)).startsWith("2.5 <coaps://127.0.0.1:15684/b>;rt=brski,<coaps://");
    byte[] unknown = Octets.hex("40011234" + "d20003e7").toArray();
    assertThat(ask(unknown)).startsWith("4.2");
  }

  @Test
  void aRegistrarOnTheLinkTellsItsPortLikeAJoinProxy() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of(), ANYWHERE));
    assertThat(ask(request(CON, 1, "brski-jp=*"))).isEqualTo("2.5 <>;brski-jp=5684");
  }

  @Test
  void nothingElseIsServed() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of(), ANYWHERE));
    assertThat(ask(Octets.hex("40021234" + "b1" + hex("b") + "02" + hex("rv")).toArray())).startsWith("4.4");
    assertThat(ask(Octets.hex("40011234" + "b1" + hex("b")).toArray())).startsWith("4.4");
    assertThat(ask(request(CON, 2, "rt=brski.rv*x"))).startsWith("4.4");
  }

  @Test
  void aSourceGetsSoManyAnswersAndNoMore() throws Exception {
    start(new DiscoveryConfig("test", "127.0.0.1", 0, List.of(), ANYWHERE, 13, new Rate(1, 3), Rate.ANY));
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
    assertThatThrownBy(() -> start(new DiscoveryConfig("test", "0.0.0.0", 0, List.of("nowhere0"), ANYWHERE)))
        .isInstanceOf(IOException.class).hasMessageContaining("nowhere0");
  }

  @Test
  void aGroupIsAnsweredOnItsInterfaceWhereThereIsSomethingToTell() throws Exception {
    NetworkInterface on = NetworkInterface.networkInterfaces().filter(CoapDiscoveryTest::isUsable).findFirst().orElse(null);
    Assumptions.assumeTrue(on != null, "no network interface that does multicast, so this is not tested here");
    start(new DiscoveryConfig("test", "::", 0, List.of(on.getName()), ANYWHERE));
    int port = discovery.orElseThrow().address().getPort();
    InetAddress own = on.inetAddresses().filter(address -> !(address instanceof Inet6Address)).findFirst().orElseThrow();
    try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(own, 0))) {
      socket.setNetworkInterface(on);
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      InetAddress group = InetAddress.getByName("224.0.1.187");
      assertThat(ask(socket, group, port, request(NON, 1, "rt=brski.rv*")))
          .isEqualTo("2.5 <coaps://" + own.getHostAddress() + ":5684/b/rv>;rt=brski.rv;ct=836");
      byte[] nothing = request(NON, 1, "rt=something.else");
      socket.send(new DatagramPacket(nothing, nothing.length, group, port));
      socket.setSoTimeout(1500);
      assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1500], 1500))).isInstanceOf(SocketTimeoutException.class);
    }
    Optional<InetAddress> linkLocal = on.inetAddresses().filter(InetAddress::isLinkLocalAddress).findFirst();
    Assumptions.assumeTrue(linkLocal.isPresent(), "no IPv6 here");
    try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(linkLocal.get(), 0))) {
      socket.setNetworkInterface(on);
      InetAddress group = Inet6Address.getByAddress(null, InetAddress.getByName("ff02::fd").getAddress(), on);
      assertThat(ask(socket, group, port, request(NON, 1, "rt=brski.rv*")))
          .startsWith("2.5 <coaps://[fe80:").doesNotContain("%").contains("]:5684/b/rv>;rt=brski.rv");
    }
  }

  private static boolean isUsable(NetworkInterface on) {
    try {
      return on.isUp() && on.supportsMulticast() && !on.isLoopback()
          && on.inetAddresses().anyMatch(address -> !(address instanceof Inet6Address));
    } catch (IOException e) {
      return false;
    }
  }
}
