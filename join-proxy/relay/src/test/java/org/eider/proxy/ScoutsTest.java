package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.discovery.GraspDomain;
import org.eider.discovery.GraspHerald;
import org.eider.discovery.GraspLookout;
import org.eider.discovery.Lookout;
import org.eider.discovery.Method;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.grasp.GraspTls;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.testkit.FreePorts;
import org.eider.testkit.LogLines;
import org.eider.testkit.Opened;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** GRASP over TLS, with nodes of the domain on loopback. */
@Timeout(60)
class ScoutsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int FALSE_PORT = 66;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final TestPki root = TestPki.root("domain");
  private final TestPki issuing = root.subordinate("issuing");
  @AutoClose
  private final Opened open = new Opened();
  private final Registrars registrars = new Registrars(System::nanoTime, new Random(1), address -> false);
  private final LogLines log = open.keep(LogLines.ofEider());

  @TempDir
  private Path folder;

  private Path device(String name, Credential credential) throws IOException {
    Path device = Files.createDirectories(folder.resolve(name).resolve("ldevid"));
    PemFiles.writeKey(device.resolve("key.pem"), credential.key());
    PemFiles.writeCertificates(device.resolve("ldevid.pem"), List.of(credential.certificate()));
    PemFiles.writeCertificates(device.resolve("chain.pem"), List.of(issuing.certificate(), root.certificate()));
    return device;
  }

  /** A node that tells of a registrar at {@code port}; returns where it listens. */
  private String teller(Credential credential, int port) throws IOException {
    return tellerAt(FreePorts.any(), credential, port);
  }

  private String tellerAt(int graspPort, Credential credential, int port) throws IOException {
    InetSocketAddress listen = new InetSocketAddress(LOOPBACK, graspPort);
    GraspDomain none = GraspDomain.of(List.of());
    Path device = device("teller-" + port, credential);
    GraspHerald herald = open.keep(GraspHerald.domain(new GraspDomain(List.of(), false, List.of(), Optional.of(listen),
        Optional.of(new GraspTls(DomainTls.of(device), chain -> { })), none.timing(), none.port())));
    herald.tell(Set.of(new Offer(Service.REGISTRAR_TLS, "lo", LOOPBACK, port)));
    return "localhost:" + listen.getPort();
  }

  private Scouts scouts(GraspPeers peers, List<String> interfaces, String... neighbours) throws Exception {
    Scouts scouts = open.keep(new Scouts(new ProxyConfig.Discovery(List.of(Method.GRASP), interfaces, List.of(neighbours), true, peers),
        Set.of(Service.REGISTRAR_TLS), registrars, new ProxyFolder(folder.resolve("proxy"))));
    scouts.start();
    assertThat(log.with("grasp")).isEmpty();
    return scouts;
  }

  private void hear(GraspPeers peers, String... neighbours) throws Exception {
    device("proxy", issuing.signer("proxy", KeyType.P256));
    scouts(peers, List.of(), neighbours).enrolled();
  }

  private List<Integer> ports() {
    return registrars.inTurn(Service.REGISTRAR_TLS).stream().map(InetSocketAddress::getPort).toList();
  }

  @Test
  void aRegistrarIsListenedTo() throws Exception {
    hear(GraspPeers.REGISTRARS, teller(issuing.registrar("registrar"), 7));
    await().atMost(PATIENCE).until(() -> ports().equals(List.of(7)));
  }

  @Test
  void aMemberOfTheDomainThatIsNoRegistrarTellsOfNone() throws Exception {
    hear(GraspPeers.REGISTRARS, teller(issuing.signer("device", KeyType.P256), 8), teller(issuing.registrar("registrar"), 7));
    await().atMost(PATIENCE).until(() -> !log.with("its certificate is not a registrar's").isEmpty() && !ports().isEmpty());
    assertThat(ports()).containsExactly(7);
  }

  /** The interface may be there for another method; a flood on it has come without a certificate. */
  @Test
  void floodsOnAnInterfaceAreNotBelieved() throws Exception {
    String lo = NetworkInterface.getByInetAddress(LOOPBACK).getName();
    device("proxy", issuing.signer("proxy", KeyType.P256));
    scouts(GraspPeers.REGISTRARS, List.of(lo), teller(issuing.registrar("registrar"), 7)).enrolled();
    AtomicInteger witnessed = new AtomicInteger();
    open.keep(GraspLookout.domain(GraspDomain.of(List.of(lo)), Set.of(Service.REGISTRAR_TLS), new Lookout.Watcher() {
      @Override
      public void seen(Sighting sighting) {
        if (sighting.address().getPort() == FALSE_PORT) {
          witnessed.incrementAndGet();
        }
      }

      @Override
      public void gone(Sighting sighting) {
        // floods have no good-bye
      }
    }));
    GraspHerald liar = open.keep(GraspHerald.domain(GraspDomain.of(List.of(lo))));
    liar.tell(Set.of(new Offer(Service.REGISTRAR_TLS, lo, LOOPBACK, FALSE_PORT)));
    await().atMost(PATIENCE).until(() -> witnessed.get() >= 2 && !ports().isEmpty());
    assertThat(ports()).containsExactly(7);
  }

  @Test
  void whatFailsIsTriedAgainAndToldOnce() throws Exception {
    Scouts scouts = scouts(GraspPeers.REGISTRARS, List.of(), teller(issuing.registrar("registrar"), 7));
    scouts.enrolled();
    scouts.look();
    assertThat(log.with("GRASP over TLS does not begin")).singleElement().asString().contains("ldevid.pem");
    device("proxy", issuing.signer("proxy", KeyType.P256));
    scouts.look();
    await().atMost(PATIENCE).until(() -> ports().equals(List.of(7)));
  }

  @Test
  void aRenewalThatCannotBeUsedLeavesTheOldOneAtWork() throws Exception {
    Path device = device("proxy", issuing.signer("proxy", KeyType.P256));
    String later = "localhost:" + FreePorts.any();
    Scouts scouts = scouts(GraspPeers.REGISTRARS, List.of(), later);
    scouts.enrolled();
    Files.writeString(device.resolve("ldevid.pem"), "half");
    scouts.enrolled();
    assertThat(log.with("GRASP over TLS does not begin")).hasSize(1);
    tellerAt(Integer.parseInt(later.substring(later.indexOf(':') + 1)), issuing.registrar("registrar"), 7);
    await().atMost(PATIENCE).until(() -> ports().equals(List.of(7)));
  }

  @Test
  void whereMembersPassOnWhatRegistrarsTellTheyAreListenedTo() throws Exception {
    hear(GraspPeers.MEMBERS, teller(issuing.signer("device", KeyType.P256), 8));
    await().atMost(PATIENCE).until(() -> ports().equals(List.of(8)));
  }

  @Test
  void whoIsOfAnotherDomainIsNoMember() throws Exception {
    hear(GraspPeers.MEMBERS, teller(TestPki.root("elsewhere").registrar("registrar"), 9), teller(issuing.registrar("registrar"), 7));
    await().atMost(PATIENCE).until(() -> !ports().isEmpty() && !log.with("a connection that failed").isEmpty());
    assertThat(ports()).containsExactly(7);
  }
}
