package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against our own server, and against servers that misbehave. */
class HttpsConnectionTest {
  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private Optional<AutoCloseable> running = Optional.empty();

  @AfterEach
  void stop() throws Exception {
    site.gate.countDown();
    if (running.isPresent()) {
      running.get().close();
    }
    log.close();
  }

  private int serve(Credential credential) throws IOException {
    HttpsServer server = HttpsServer.start(new ServerConfig("site", "127.0.0.1", 0, Optional.of(credential), true, Site.limits()),
        site.routes());
    running = Optional.of(server);
    return server.address().getPort();
  }

  private static ClientConfig config(ServerTrust trust, String protocol, Duration connect, Duration response, int maxBody) {
    return new ClientConfig(Optional.empty(), trust, true, List.of(protocol), connect, response, maxBody);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerOfAnotherRootIsNotTrustedAndGetsAnAlertButNoRequest(String protocol) throws IOException {
    int port = serve(TestPki.root("Foreign").server(List.of("localhost"), List.of()));
    assertThatThrownBy(() -> HttpsConnection.open(Site.client(Optional.empty(), protocol), "localhost", port))
        .isInstanceOf(IOException.class)
        .cause().isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(UntrustedException.Fault.NO_PATH));
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.texts()).singleElement().asString().contains("handshake failed", "certificate_unknown");
  }

  /** Whenever a thread is stopped while it connects, no connection stays behind. */
  @Test
  void whoIsInterruptedLeavesNoConnectionOpen() throws Exception {
    ClientTls tls = new ClientTls(config(Site.client(Optional.empty(), "TLSv1.3").trust(), "TLSv1.3", Duration.ofSeconds(20), Duration.ofSeconds(20), 100));
    AtomicInteger stopped = new AtomicInteger();
    try (ServerSocket silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 25; i++) {
        List<Channel> dialled = new CopyOnWriteArrayList<>();
        Thread thread = new Thread(() -> {
          try {
            HttpsConnection.open(tls, "127.0.0.1", silent.getLocalPort(), System.nanoTime() + Duration.ofSeconds(20).toNanos(), dialled::add).close();
          } catch (IOException e) {
            stopped.incrementAndGet();
          }
        });
        thread.start();
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofNanos(1 + i * 40_000L)).until(() -> !dialled.isEmpty());
        thread.interrupt();
        thread.join();
        await().atMost(Duration.ofSeconds(20)).until(() -> dialled.stream().noneMatch(Channel::isOpen));
      }
      assertThat(stopped).hasValue(25);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatDoesNotNameTheHostIsNotTrusted(String protocol) throws IOException {
    int port = serve(Site.PKI.server(List.of("other.example"), List.of()));
    assertThatThrownBy(() -> HttpsConnection.open(Site.client(Optional.empty(), protocol), "localhost", port))
        .cause().isInstanceOfSatisfying(UntrustedException.class,
            e -> assertThat(e.fault()).isEqualTo(UntrustedException.Fault.WRONG_NAME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerHasToHoldTheKeyOfTheCertificateThatItShowsEvenWhenAnybodyIsTrusted(String protocol) throws IOException {
    Credential real = Site.PKI.server(List.of("localhost"), List.of());
    int port = serve(new Credential(TestPki.key(KeyType.P256).getPrivate(), real.chain()));
    ServerTrust provisional = (chain, host) -> {};
    ClientConfig config = config(provisional, protocol, Duration.ofSeconds(5), Duration.ofSeconds(5), 1024);
    assertThatThrownBy(() -> HttpsConnection.open(config, "localhost", port)).isInstanceOf(IOException.class)
        .hasMessageNotContaining("refused");
    assertThat(site.sessions).as("requests that reached the server").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientHasToHoldTheKeyOfTheCertificateThatItShows(String protocol) throws IOException {
    int port = serve(Site.PKI.server(List.of("localhost"), List.of()));
    Credential real = TestPki.manufacturer("Acme", "").idevid("SN-1");
    Credential stolen = new Credential(TestPki.key(KeyType.P256).getPrivate(), real.chain());
    assertThatThrownBy(() -> {
      try (HttpsConnection connection = HttpsConnection.open(Site.client(Optional.of(stolen), protocol), "localhost", port)) {
        connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
      }
    }).isInstanceOf(IOException.class);
    assertThat(site.sessions).as("requests that reached the server").isEmpty();
  }

  @Test
  void aServerIsNamedByItsAddressToo() throws IOException {
    int port = serve(Site.SERVER);
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "127.0.0.1", port)) {
      assertThat(connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void aServerMayHaveAnyKindOfKey(KeyType type) throws IOException {
    int port = serve(Site.PKI.signer("server", type));
    ServerTrust anchored = (chain, host) -> TrustAnchors.of(List.of(Site.PKI.certificate())).validate(chain, TestPki.NOW);
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      ClientConfig config = config(anchored, protocol, Duration.ofSeconds(5), Duration.ofSeconds(5), 100);
      try (HttpsConnection connection = HttpsConnection.open(config, "localhost", port)) {
        assertThat(connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void trustIsAskedOnceWithTheWholeChainAndTheHost() throws IOException {
    int port = serve(Site.SERVER);
    AtomicInteger asked = new AtomicInteger();
    ServerTrust provisional = (chain, host) -> {
      asked.incrementAndGet();
      assertThat(chain).isEqualTo(Site.SERVER.chain());
      assertThat(host).isEqualTo("localhost");
    };
    HttpsConnection.open(config(provisional, "TLSv1.3", Duration.ofSeconds(5), Duration.ofSeconds(5), 100), "localhost", port).close();
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.1", "TLSv1", "SSLv3", "tls"})
  void olderVersionsCannotEvenBeConfigured(String protocol) {
    assertThatThrownBy(() -> Site.client(Optional.empty(), protocol)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aServerThatHangsUpAtOnceIsAnIoException() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread hangsUp = new Thread(() -> {
        while (!rude.isClosed()) {
          try {
            rude.accept().close();
          } catch (IOException closed) {
            return;
          }
        }
      });
      hangsUp.start();
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> HttpsConnection.open(Site.client(), "127.0.0.1", rude.getLocalPort())).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void aServerThatNeverAnswersTheHandshakeIsATimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ClientConfig config = config(Site.TRUST, "TLSv1.3", Duration.ofMillis(300), Duration.ofSeconds(5), 100);
      assertThatThrownBy(() -> HttpsConnection.open(config, "127.0.0.1", silent.getLocalPort())).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aResponseThatDoesNotComeIsATimeoutAndEndsTheConnection() throws IOException {
    int port = serve(Site.SERVER);
    ClientConfig config = config(Site.TRUST, "TLSv1.3", Duration.ofSeconds(5), Duration.ofMillis(300), 100);
    try (HttpsConnection connection = HttpsConnection.open(config, "localhost", port)) {
      assertThatThrownBy(() -> connection.exchange("GET", "/wait", Headers.NONE,
          Octets.empty())).isInstanceOf(SocketTimeoutException.class);
      await().until(() -> !connection.isOpen());
      site.gate.countDown();
    }
  }

  @Test
  void aPortWhereNobodyListensIsAnIoException() throws IOException {
    int port;
    try (ServerSocket shortly = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = shortly.getLocalPort();
    }
    assertThatThrownBy(() -> HttpsConnection.open(Site.client(), "127.0.0.1",
        port)).isInstanceOf(IOException.class).hasMessageContaining("cannot connect");
  }

  @Test
  void aHostThatDoesNotExistIsAnIoException() {
    assertThatThrownBy(() -> HttpsConnection.open(Site.client(), "nowhere.invalid", 443)).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void aResponseBeyondTheLimitIsAnIoException() throws IOException {
    int port = serve(Site.SERVER);
    ClientConfig config = config(Site.TRUST, "TLSv1.3", Duration.ofSeconds(5), Duration.ofSeconds(5), 299_999);
    try (HttpsConnection connection = HttpsConnection.open(config, "localhost", port)) {
      assertThatThrownBy(() -> connection.exchange("GET", "/large", Headers.NONE, Octets.empty()))
          .isInstanceOf(IOException.class).hasMessageContaining("larger than 299999 octets");
      await().until(() -> !connection.isOpen());
    }
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", port)) {
      assertThat(connection.exchange("GET", "/large", Headers.NONE, Octets.empty()).body().size()).isEqualTo(300_000);
    }
  }

  @Test
  void oneConnectionCarriesManyExchangesUntilTheServerEndsIt() throws IOException {
    int port = serve(Site.SERVER);
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", port)) {
      for (int i = 0; i < 3; i++) {
        assertThat(connection.exchange("POST", "/echo", Headers.NONE, Octets.utf8("n" + i)).body().utf8()).isEqualTo("n" + i);
        assertThat(connection.isOpen()).isTrue();
      }
      HttpResponse last = connection.exchange("GET", "/leave", Headers.NONE, Octets.empty());
      assertThat(last.status()).isEqualTo(401);
      assertThat(last.close()).isTrue();
      assertThat(connection.isOpen()).isFalse();
      assertThatThrownBy(() -> connection.exchange("GET", "/hello", Headers.NONE, Octets.empty())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void headersAreSentAndReceived() throws IOException {
    HttpsServer server = HttpsServer.start(new ServerConfig("site", "127.0.0.1", 0, Optional.of(Site.SERVER), false, Site.limits()),
        Routes.builder().on("GET", "/", 0, request -> HttpResponse.ok(MediaType.TEXT, Octets.utf8(String.join("|",
            request.headers().first("host").orElse("-"), request.headers().first("accept").orElse("-"))))
            .with("location", "https://elsewhere.example/")).build());
    running = Optional.of(server);
    int port = server.address().getPort();
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", port)) {
      HttpResponse response = connection.exchange("GET", "/", Headers.NONE.with("Accept", "text/plain"), Octets.empty());
      assertThat(response.body().utf8()).isEqualTo("localhost:" + port + "|text/plain");
      assertThat(response.headers().first("location")).contains("https://elsewhere.example/");
    }
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "200 abcde"),
        Arguments.of("interim answers",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 1\r\n\r\nz",
                "201 z"),
        Arguments.of("a body that ends with the connection", "HTTP/1.1 200 OK\r\n\r\nuntil the end", "200 until the end"),
        Arguments.of("a redirect", "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "302 "),
        Arguments.of("nothing", "", "the connection ended before the response"),
        Arguments.of("half a head", "HTTP/1.1 200 O", "the connection ended within the response"),
        Arguments.of("half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "the connection ended within the response"),
        Arguments.of("no HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n", "no HTTP"),
        Arguments.of("both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "no HTTP"),
        Arguments.of("endless headers", "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(10_000), "no HTTP"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void anAnswerIsUnderstoodOrRefused(String what, String octets, String outcome) throws Exception {
    try (ScriptedServer server = new ScriptedServer(octets);
        HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", server.port())) {
      String seen;
      try {
        HttpResponse response = connection.exchange("GET", "/", Headers.NONE, Octets.empty());
        seen = response.status() + " " + response.body().utf8();
      } catch (IOException e) {
        seen = e.getMessage();
      }
      assertThat(seen).contains(outcome);
    }
  }

  @Test
  void theHandshakeNamesTheServerWhenItHasANameAndThatIsWanted() throws Exception {
    try (ScriptedServer server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      ClientConfig nameless = new ClientConfig(
          Optional.empty(), Site.TRUST, false, List.of("TLSv1.3"), Duration.ofSeconds(5), Duration.ofSeconds(5), 100);
      for (ClientConfig config : List.of(nameless, Site.client(), Site.client(Optional.empty(), "TLSv1.2"))) {
        for (String host : List.of("localhost", "127.0.0.1")) {
          try (HttpsConnection connection = HttpsConnection.open(config, host, server.port())) {
            assertThat(connection.exchange("GET", "/", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
          }
        }
      }
      assertThat(server.names()).containsExactly("localhost", "localhost");
    }
  }

  @Test
  void theClockOfTrustIsTheCallers() throws IOException {
    int port = serve(Site.SERVER);
    ServerTrust late = ServerTrust.anchored(TrustAnchors.of(List.of(Site.PKI.certificate())),
        InstantSource.fixed(TestPki.NOW.plus(Duration.ofDays(36500))));
    assertThatThrownBy(() -> HttpsConnection.open(config(late, "TLSv1.3", Duration.ofSeconds(5), Duration.ofSeconds(5), 9), "localhost",
        port))
        .cause().isInstanceOfSatisfying(UntrustedException.class,
            e -> assertThat(e.fault()).isEqualTo(UntrustedException.Fault.NOT_IN_VALIDITY));
  }
}
