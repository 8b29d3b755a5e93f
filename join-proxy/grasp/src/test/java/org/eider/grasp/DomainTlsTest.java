package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.eider.pki.Credential;
import org.eider.testkit.FreePorts;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TCP in TLS, where no interface is secured. */
final class DomainTlsTest {
  private static final String NAME = "AN_join_registrar";
  private static final Duration SOON = Duration.ofSeconds(10);

  private final TestPki domain = TestPki.root("Domain");
  private final TestPki other = TestPki.root("Other");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Flooded> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static SSLContext context(Optional<Credential> own, TestPki trusted) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    if (own.isPresent()) {
      keys.setKeyEntry("own", own.get().key(), new char[0], own.get().chain().toArray(X509Certificate[]::new));
    }
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("anchor", trusted.certificate());
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, new char[0]);
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private static Credential member(TestPki of) {
    return of.registrar("member");
  }

  private DomainNode node(GraspTls tls, InetSocketAddress... neighbours) throws IOException {
    DomainNode node = DomainNode.open(new DomainNode.Settings(List.of(), FreePorts.any(), true, List.of(neighbours),
        Optional.of(new InetSocketAddress("127.0.0.1", 0)), Optional.of(tls), NodeLimits.STANDARD, FloodTiming.STANDARD), Set.of(NAME), heard::add);
    open.add(node);
    return node;
  }

  private static List<Message.Flood.Entry> entries() {
    return List.of(new Message.Flood.Entry(Objective.flooded(NAME, 255, "EST-TLS"), Optional.empty()));
  }

  @Test
  void membersOfTheDomainTellEachOther() throws Exception {
    List<String> checked = Collections.synchronizedList(new ArrayList<>());
    GraspTls.PeerCheck check = chain -> checked.add(chain.get(0).getIssuerX500Principal().getName());
    GraspTls tls = new GraspTls(context(Optional.of(member(domain)), domain), check);
    DomainNode teller = node(tls);
    DomainNode listener = node(tls, teller.listening().orElseThrow());
    teller.tell(entries());
    await().atMost(SOON).untilAsserted(() -> assertThat(listener.known(NAME)).hasSize(1));
    assertThat(listener.synchronise(teller.listening().orElseThrow(), NAME, SOON)).contains(entries().get(0).objective());
    assertThat(checked).as("both sides are checked").hasSizeGreaterThanOrEqualTo(4).containsOnly("CN=Domain");
  }

  @Test
  void whoIsOfAnotherDomainOrShowsNoCertificateIsNotHeard() throws Exception {
    DomainNode node = node(new GraspTls(context(Optional.of(member(domain)), domain), chain -> { }));
    for (Optional<Credential> own : List.of(Optional.of(member(other)), Optional.<Credential>empty())) {
      assertThatThrownBy(() -> asked(node, own)).as(own.toString()).isInstanceOf(IOException.class);
    }
    assertThat(asked(node, Optional.of(member(domain)))).as("a member is").isPresent();
  }

  private Optional<Message> asked(DomainNode node, Optional<Credential> own) throws Exception {
    node.tell(entries());
    InetSocketAddress at = node.listening().orElseThrow();
    try (SSLSocket socket = (SSLSocket) context(own, domain).getSocketFactory().createSocket(at.getAddress(), at.getPort())) {
      Wire wire = new Wire(socket, socket, GraspCodec.standard(), System::nanoTime);
      wire.send(new Message.RequestSynchronisation(1, new Objective(NAME, 4, 1, Optional.empty())));
      return Optional.of(wire.receive(SOON).orElseThrow(() -> new IOException("closed")));
    }
  }

  @Test
  void peerThatTheCheckRefusesIsNotLetInOnEitherSide() throws Exception {
    SSLContext context = context(Optional.of(member(domain)), domain);
    GraspTls strict = new GraspTls(context, chain -> {
      throw new CertificateException("no acp-node-name");
    });
    GraspTls lenient = new GraspTls(context, chain -> { });
    DomainNode refusing = node(strict);
    refusing.tell(entries());
    DomainNode asking = node(lenient);
    InetSocketAddress at = refusing.listening().orElseThrow();
    try {
      assertThat(asking.synchronise(at, NAME, SOON)).as("closed without an answer").isEmpty();
    } catch (IOException e) {
      assertThat(e).as("or reset").isNotInstanceOf(java.net.SocketTimeoutException.class);
    }
    assertThatThrownBy(() -> refusing.synchronise(asking.listening().orElseThrow(), NAME, SOON)).isInstanceOf(IOException.class)
        .hasMessageContaining("no acp-node-name");
  }

  @ParameterizedTest
  @CsvSource({
      "TLSv1.3, TLS_AES_128_GCM_SHA256, false", "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256, false", "TLSv1.3, TLS_AES_256_GCM_SHA384, true",
      "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false", "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true"})
  void onlyTheLargeSuitesAreSpoken(String version, String suite, boolean isSpoken) throws Exception {
    SSLContext context = context(Optional.of(member(domain)), domain);
    InetSocketAddress at = node(new GraspTls(context, chain -> { })).listening().orElseThrow();
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(at.getAddress(), at.getPort())) {
      socket.setEnabledProtocols(new String[] {version});
      socket.setEnabledCipherSuites(new String[] {suite});
      if (isSpoken) {
        socket.startHandshake();
        assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
      } else {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void plainTextIsRefused() throws Exception {
    DomainNode node = node(new GraspTls(context(Optional.of(member(domain)), domain), chain -> { }));
    InetSocketAddress at = node.listening().orElseThrow();
    try (Socket plain = new Socket(at.getAddress(), at.getPort())) {
      Wire wire = new Wire(plain, plain, GraspCodec.standard(), System::nanoTime);
      wire.send(new Message.Flood(1, new Address(org.eider.wire.Octets.of(new byte[16])), 0, entries()));
      try {
        assertThat(plain.getInputStream().readAllBytes()).as("an alert at most").hasSizeLessThan(16);
      } catch (java.net.SocketException e) {
        assertThat(e).hasMessageContaining("reset");
      }
    }
    assertThat(heard).isEmpty();
  }
}
