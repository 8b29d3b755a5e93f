package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eider.cli.CommandFailure;
import org.eider.config.ConfigException;
import org.eider.discovery.CoapLookout;
import org.eider.discovery.GraspLookout;
import org.eider.discovery.Lookout;
import org.eider.discovery.MdnsHerald;
import org.eider.discovery.MdnsLookout;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.jpy.JpyMessage;
import org.eider.testkit.Opened;
import org.eider.testkit.VethPair;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProxyProcessTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @AutoClose
  private final Opened open = new Opened();
  private final List<JoinPort> ready = new CopyOnWriteArrayList<>();
  private ServerSocket registrar;
  private UdpBench.Peer coaps;
  private UdpBench.Peer jpy;

  @TempDir
  private Path folder;

  @BeforeEach
  void listen() throws IOException {
    registrar = open.keep(new ServerSocket(0, 50, LOOPBACK));
    coaps = open.keep(new UdpBench.Peer(new DatagramSocket(0, LOOPBACK)));
    jpy = open.keep(new UdpBench.Peer(new DatagramSocket(0, LOOPBACK)));
  }

  private ProxyProcess start(String yaml) throws CommandFailure, ConfigException {
    ProxyConfig config = ProxyConfigFile.reader().parse(yaml, "test");
    return open.keep(ProxyProcess.start(config, folder.resolve("data"), true, ready::add, System::nanoTime));
  }

  private String registrars() {
    return "registrars: ['https://127.0.0.1:" + registrar.getLocalPort() + "', 'coaps://127.0.0.1:" + coaps.address().getPort()
        + "', 'jpy://127.0.0.1:" + jpy.address().getPort() + "']\n";
  }

  private InetSocketAddress port(Mode mode) {
    return ready.stream().filter(port -> port.mode() == mode && port.address().getAddress() instanceof java.net.Inet4Address).findFirst().orElseThrow()
        .address();
  }

  @Test
  void relaysInAllModesAtOnce() throws Exception {
    start("listen: {interfaces: [lo], ipv4: true, announce: []}\n" + registrars());
    try (Socket pledge = new Socket(); DatagramSocket device = new DatagramSocket(0, LOOPBACK)) {
      pledge.connect(port(Mode.CIRCUIT));
      pledge.getOutputStream().write(1);
      try (Socket far = registrar.accept()) {
        assertThat(far.getInputStream().read()).isEqualTo(1);
      }
      UdpBench.Peer peer = new UdpBench.Peer(device);
      peer.send(new byte[] {2}, port(Mode.STATEFUL));
      assertThat(coaps.hear().octets()).containsExactly(2);
      peer.send(new byte[] {3}, port(Mode.STATELESS));
      assertThat(JpyMessage.decode(Octets.of(jpy.hear().octets())).content().toArray()).containsExactly(3);
    }
  }

  @Test
  void opensOnlyWhatTheRegistrarsAndTheModesAllow() throws Exception {
    start("listen: {interfaces: [lo], announce: []}\nmodes: [circuit, stateful]\nregistrars: ['https://127.0.0.1:1', 'jpy://127.0.0.1:2']\n");
    assertThat(ready).isNotEmpty().allMatch(port -> port.mode() == Mode.CIRCUIT);
  }

  @Test
  void tellsItsStatusToWhoMayEnterTheFolder() throws Exception {
    start("listen: {interfaces: [lo], ipv4: true, announce: []}\n" + registrars());
    try (Socket pledge = new Socket()) {
      pledge.connect(port(Mode.CIRCUIT));
      pledge.getOutputStream().write(1);
      try (Socket far = registrar.accept()) {
        far.getInputStream().read();
        Path door = folder.resolve("data").resolve("status.sock");
        await().until(() -> StatusDoor.ask(door).path("relayed").path("circuit-octets-up").asLong() == 1);
        var status = StatusDoor.ask(door);
        assertThat(status.path("open").path("circuits").asInt()).isEqualTo(1);
        assertThat(status.path("registrars")).hasSize(3).allMatch(one -> one.path("chosen").asBoolean());
        assertThat(status.path("join-ports")).hasSize(ready.size());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data")))).isEqualTo("rwx------");
      }
    }
  }

  @Test
  void countsRefusalsInItsStatus() throws Exception {
    registrar.close();
    start("listen: {interfaces: [lo], ipv4: true, announce: []}\n" + registrars());
    try (Socket pledge = new Socket()) {
      pledge.connect(port(Mode.CIRCUIT));
      assertThatThrownBy(() -> pledge.getInputStream().read()).isInstanceOf(IOException.class);
    }
    var status = StatusDoor.ask(folder.resolve("data").resolve("status.sock"));
    assertThat(status.path("refused").path("registrar-unreachable").asInt()).isEqualTo(1);
    assertThat(status.path("registrars").findValues("failing").toString()).contains("true");
  }

  @Test
  void finishesCircuitsBeforeItStops() throws Exception {
    ProxyProcess process = start("listen: {interfaces: [lo], ipv4: true, announce: []}\ndrain: 20s\n" + registrars());
    try (Socket pledge = new Socket()) {
      InetSocketAddress proxy = port(Mode.CIRCUIT);
      pledge.connect(proxy);
      pledge.getOutputStream().write(1);
      Socket far = registrar.accept();
      far.getInputStream().read();
      Thread stopping = new Thread(process::close);
      stopping.start();
      await().atMost(Duration.ofSeconds(15)).until(() -> process.ports().isEmpty());
      assertThat(isRefused(proxy)).isTrue();
      far.getOutputStream().write(2);
      far.close();
      assertThat(pledge.getInputStream().readAllBytes()).containsExactly(2);
      pledge.shutdownOutput();
      stopping.join(Duration.ofSeconds(15).toMillis());
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  private static boolean isRefused(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address);
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  @Test
  void sharesItsFolderWithNoOther() throws Exception {
    start("listen: {interfaces: [lo], announce: []}\n" + registrars());
    assertThatThrownBy(() -> start("listen: {interfaces: [lo], announce: []}\n" + registrars())).isInstanceOf(CommandFailure.class)
        .hasMessageContaining("another join proxy uses");
  }

  @Test
  void refusesAFolderThatOthersMayChange() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("something"), "");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> start("listen: {interfaces: [lo], announce: []}\n" + registrars())).hasMessageContaining("others may write");
  }

  @Test
  void refusesInterfacesThatAreNotThere() {
    assertThatThrownBy(() -> start("listen: {interfaces: [nowhere], announce: []}\n" + registrars())).hasMessageContaining("no interface nowhere");
  }

  @Test
  void doesNotLookForRegistrarsWherePledgesAre() throws Exception {
    try (VethPair link = VethPair.create()) {
      assertThatThrownBy(() -> start("listen: {interfaces: [" + link.one() + "], announce: []}\ndiscovery: {methods: [mdns], interfaces: [" + link.one()
          + "]}\n")).isInstanceOf(CommandFailure.class).hasMessageContaining("pledges on " + link.one());
      start("listen: {interfaces: [" + link.one() + "], announce: []}\ndiscovery: {methods: [mdns], interfaces: [" + link.other() + "]}\n");
    }
  }

  /** All of it on a link of its own: what pledges hear, by each method, is where they are relayed; and what is gone is withdrawn. */
  @Test
  void isFoundByPledgesOfItsLinkAndFindsRegistrarsOfItsDomain() throws Exception {
    try (VethPair link = VethPair.create(); VethPair domain = VethPair.create()) {
      VethPair.ip("address", "add", "192.0.2.1/32", "dev", "lo");
      try (MdnsHerald herald = MdnsHerald.start(List.of(domain.other()), "registrar-of-test");
          ServerSocket real = new ServerSocket(0, 50, InetAddress.getByName("192.0.2.1"))) {
        VethPair.ip("address", "add", "192.0.2.1/32", "dev", domain.other());
        List<Sighting> seen = new CopyOnWriteArrayList<>();
        Lookout.Watcher watcher = watcher(seen);
        start("listen: {interfaces: [" + link.one() + "]}\ndiscovery: {methods: [mdns], interfaces: [" + domain.one() + "]}\n");
        assertThat(ready).hasSize(3);
        open.keep(GraspLookout.dull(List.of(link.other()), Set.of(Service.PROXY_TLS), watcher));
        open.keep(MdnsLookout.start(List.of(link.other()), Set.of(Service.PROXY_TLS), watcher));
        herald.tell(Set.of(new Offer(Service.REGISTRAR_TLS, domain.other(), InetAddress.getByName("192.0.2.1"), real.getLocalPort())));
        await().atMost(Duration.ofSeconds(40)).until(() -> seen.stream().map(Sighting::method).distinct().count() == 2);
        int port = ready.stream().filter(one -> one.mode() == Mode.CIRCUIT).findFirst().orElseThrow().address().getPort();
        assertThat(seen).allMatch(one -> one.service() == Service.PROXY_TLS && one.address().getPort() == port
            && one.address().getAddress().isLinkLocalAddress());
      } finally {
        VethPair.ip("address", "del", "192.0.2.1/32", "dev", "lo");
      }
    }
  }

  @Test
  void isFoundByConstrainedPledgesOfItsLink() throws Exception {
    try (VethPair link = VethPair.create()) {
      List<Sighting> seen = new CopyOnWriteArrayList<>();
      start("listen: {interfaces: [" + link.one() + "], announce: [coap]}\n" + registrars());
      open.keep(CoapLookout.start(List.of(link.other()), Set.of(Service.PROXY_COAPS), watcher(seen)));
      int stateless = ready.stream().filter(one -> one.mode() == Mode.STATELESS).findFirst().orElseThrow().address().getPort();
      await().atMost(Duration.ofSeconds(20)).until(() -> seen.stream().anyMatch(one -> one.address().getPort() == stateless));
      assertThat(seen).allMatch(one -> one.address().getPort() == stateless);
    }
  }

  private static Lookout.Watcher watcher(List<Sighting> seen) {
    return new Lookout.Watcher() {
      @Override
      public void seen(Sighting sighting) {
        seen.add(sighting);
      }

      @Override
      public void gone(Sighting sighting) {
        seen.removeIf(sighting::isSameThing);
      }
    };
  }
}
