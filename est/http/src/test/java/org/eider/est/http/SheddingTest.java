package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;
import org.eider.est.http.ServerEvents.Shed;
import org.eider.testkit.LogLines;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is shed on the wire when a source or the server has too much to do, and what a listener hears of it. */
class SheddingTest {
  private final Site site = new Site();
  private final Heard heard = new Heard();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Keeps what it is told. */
  private static final class Heard implements ServerEvents {
    final List<String> connections = new CopyOnWriteArrayList<>();
    final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    final List<Shed> shed = new CopyOnWriteArrayList<>();

    @Override
    public void connectionOpened() {
      connections.add("opened");
    }

    @Override
    public void connectionClosed() {
      connections.add("closed");
    }

    @Override
    public void handshakeDone(long nanos) {
      connections.add(nanos > 0 ? "greeted" : "at once");
    }

    @Override
    public void handshakeFailed(long nanos) {
      connections.add(nanos > 0 ? "failed" : "at once");
    }

    @Override
    public void exchange(Exchange exchange) {
      exchanges.add(exchange);
    }

    @Override
    public void shed(Shed what) {
      shed.add(what);
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    site.gate.countDown();
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(0, closeable);
    return closeable;
  }

  private HttpsServer server(boolean secure, ServerConfig.Limits limits) throws IOException {
    return open(HttpsServer.start(
        new ServerConfig("site", "127.0.0.1", 0, secure ? Optional.of(Site.SERVER) : Optional.empty(), secure, limits), site.routes(), heard));
  }

  private static ServerConfig.Limits perSource(int connections, Rate handshakes, Rate requests, int share) {
    return Site.limits().withPerSource(new SourceLimits(connections, handshakes, requests, share));
  }

  private Raw from(HttpsServer server, String address) throws IOException {
    return open(new Raw(new Socket(server.address().getAddress(), server.address().getPort(), InetAddress.getByName(address), 0)));
  }

  @Test
  void aRequestBeyondTheRateOfItsSourceGets503AndTheConnectionStays() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, new Rate(1, 2), 100));
    Raw raw = from(server, "127.0.0.1");
    assertThat(raw.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(raw.request("POST", "/echo", "abc").answer().body()).isEqualTo("abc");
    Raw.Answer shed = raw.request("POST", "/echo", "abc").answer();
    assertThat(shed.status()).isEqualTo(503);
    assertThat(Integer.parseInt(shed.headers().get("retry-after"))).isBetween(5, 15);
    assertThat(shed.headers()).doesNotContainKey("connection");
    assertThat(from(server, "127.0.0.2").request("GET", "/hello", "").answer().status()).isEqualTo(200);
    await().ignoreExceptions().until(() -> raw.request("POST", "/echo", "again").answer().body().equals("again"));
    assertThat(heard.shed).isNotEmpty().containsOnly(Shed.SOURCE_REQUESTS);
    assertThat(site.sessions).hasSize(4);
  }

  @Test
  void aShedClientThatWaitsToSendItsBodyIsAnsweredAtOnce() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, new Rate(1, 1), 100));
    Raw raw = from(server, "127.0.0.1");
    raw.request("GET", "/hello", "").answer();
    raw.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assertThat(raw.answer().status()).isEqualTo(503);
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void aSourceHoldsNoMoreThanItsShareOfTheWorkers() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, Rate.ANY, 10).withWorkers(4, 16));
    Raw first = from(server, "127.0.0.1").request("GET", "/wait", "");
    Raw second = from(server, "127.0.0.1").request("GET", "/wait", "");
    await().until(() -> server.busyWorkers() == 2);
    Raw third = from(server, "127.0.0.1");
    assertThat(third.request("GET", "/hello", "").answer().status()).isEqualTo(503);
    assertThat(heard.shed).containsExactly(Shed.SOURCE_SHARE);
    assertThat(from(server, "127.0.0.2").request("GET", "/hello", "").answer().status()).isEqualTo(200);
    site.gate.countDown();
    assertThat(first.answer().status()).isEqualTo(200);
    assertThat(second.answer().status()).isEqualTo(200);
    await().until(() -> third.request("GET", "/hello", "").answer().status() == 200);
  }

  @Test
  void aConnectionBeyondTheBoundOfItsSourceIsClosedBeforeTls() throws Exception {
    HttpsServer server = server(true, perSource(2, Rate.ANY, Rate.ANY, 100));
    List<CompletableFuture<Integer>> busy = List.of(CompletableFuture.supplyAsync(() -> hang(server)),
        CompletableFuture.supplyAsync(() -> hang(server)));
    await().until(() -> server.busyWorkers() == 2);
    assertThat(from(server, "127.0.0.1").ended()).isTrue();
    assertThat(heard.shed).containsExactly(Shed.SOURCE_CONNECTIONS);
    site.gate.countDown();
    for (CompletableFuture<Integer> each : busy) {
      assertThat(each.get()).isEqualTo(200);
    }
    await().until(() -> server.connections() == 0);
    assertThat(hello(open(connect(server)))).isEqualTo(200);
  }

  @Test
  void aSourceThatHoldsAllItMayLosesTheConnectionThatIdlesLongestToItsNext() throws Exception {
    HttpsServer server = server(true, perSource(2, Rate.ANY, Rate.ANY, 100));
    HttpsConnection first = open(connect(server));
    HttpsConnection second = open(connect(server));
    try (LogLines log = LogLines.of(HttpsServer.class)) {
      // A handshake is over for a client before it is for the server, from which on a connection idles.
      assertThat(hello(second)).isEqualTo(200);
      assertThat(hello(first)).isEqualTo(200);
      HttpsConnection third = open(connect(server));
      assertThat(hello(third)).isEqualTo(200);
      assertThatThrownBy(() -> hello(second)).isInstanceOf(IOException.class);
      assertThat(hello(first)).isEqualTo(200);
      assertThat(heard.shed).containsExactly(Shed.IDLE_CONNECTION);
      assertThat(log.texts()).noneMatch(line -> line.contains("is full"));
    }
  }

  @Test
  void aHandshakeBeyondTheRateOfItsSourceIsNotBegun() throws Exception {
    HttpsServer server = server(true, perSource(10, new Rate(1, 2), Rate.ANY, 100));
    open(connect(server));
    open(connect(server));
    assertThat(from(server, "127.0.0.1").ended()).isTrue();
    assertThat(heard.shed).containsExactly(Shed.SOURCE_HANDSHAKES);
    await().ignoreExceptions().until(() -> hello(connect(server)) == 200);
  }

  @Test
  void whenAllConnectionsAreTakenTheOneThatIdlesLongestMakesRoom() throws Exception {
    HttpsServer server = server(false, Site.limits().withConnections(4));
    Raw honest = from(server, "127.0.0.2");
    assertThat(honest.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    Raw busy = from(server, "127.0.0.1").request("GET", "/wait", "");
    site.waiting.await();
    Raw idle = from(server, "127.0.0.1");
    await().until(() -> server.connections() == 3);
    Raw later = from(server, "127.0.0.1");
    await().until(() -> server.connections() == 4);
    assertThat(from(server, "127.0.0.3").request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(idle.ended()).isTrue();
    assertThat(heard.shed).containsExactly(Shed.IDLE_CONNECTION);
    assertThat(later.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(honest.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    site.gate.countDown();
    assertThat(busy.answer().status()).isEqualTo(200);
  }

  @Test
  void aHandshakeThatIsHeldOpenMakesRoomForAnHonestOne() throws Exception {
    HttpsServer server = server(true, Site.limits().withHandshakes(3));
    Raw silent = from(server, "127.0.0.4");
    for (int i = 0; i < 2; i++) {
      from(server, "127.0.0.4");
    }
    await().until(() -> server.connections() == 3);
    assertThat(hello(connect(server))).isEqualTo(200);
    assertThat(silent.ended()).isTrue();
    assertThat(heard.shed).containsExactly(Shed.HANDSHAKE);
  }

  @Test
  void everyConnectionHandshakeAndExchangeIsTold() throws Exception {
    HttpsServer server = server(true, Site.limits());
    try (HttpsConnection connection = connect(server)) {
      hello(connection);
      connection.exchange("GET", "/files/a%20b?c=d", Headers.NONE, Octets.empty());
      connection.exchange("GET", "/nowhere", Headers.NONE, Octets.empty());
      connection.exchange("GET", "/leave", Headers.NONE, Octets.empty());
    }
    from(server, "127.0.0.1").send("no TLS\r\n\r\n\r\n").ended();
    await().until(() -> heard.connections.size() == 6);
    assertThat(heard.connections).containsExactlyInAnyOrder("opened", "greeted", "closed", "opened", "failed", "closed");
    assertThat(heard.exchanges).extracting(ServerEvents.Exchange::route)
        .containsExactly(Optional.of("/hello"), Optional.of("/files/*"), Optional.empty(), Optional.of("/leave"));
    assertThat(heard.exchanges).extracting(ServerEvents.Exchange::status).containsExactly(200, 200, 404, 401);
    assertThat(heard.exchanges).extracting(ServerEvents.Exchange::reason)
        .containsExactly(Optional.empty(), Optional.empty(), Optional.of("NO_SUCH_RESOURCE"), Optional.of("NOT_YOU"));
    assertThat(heard.exchanges).allMatch(exchange -> exchange.nanos() > 0 && exchange.nanos() < Duration.ofSeconds(20).toNanos());
  }

  @Test
  void aFloodOfShedRequestsDoesNotFloodTheLog() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, new Rate(1, 1), 100));
    try (LogLines log = LogLines.of(HttpsServer.class)) {
      Raw raw = from(server, "127.0.0.1");
      for (int i = 0; i < 300; i++) {
        raw.request("GET", "/hello", "").answer();
      }
      await().until(() -> heard.exchanges.size() == 300);
      long told = log.texts().stream().filter(line -> line.contains("status=503")).count();
      assertThat(told).isBetween(20L, 200L).isLessThan(heard.shed.size());
    }
  }

  @Test
  void requestsForNothingAreBoundedAsAnyOthers() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, new Rate(1, 5), 100));
    for (String head : List.of("GET /nope HTTP/1.1", "DELETE /hello HTTP/1.1", "GET /hello HTTP/1.1\r\nExpect: the-unexpected")) {
      Raw raw = from(server, "127.0.0." + (10 + opened.size()));
      raw.send((head + "\r\nHost: x\r\n\r\n").repeat(50));
      List<Raw.Answer> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(raw.answer());
      }
      assertThat(answers.subList(0, 5)).extracting(Raw.Answer::status).isSubsetOf(404, 405, 417);
      List<Raw.Answer> shed = answers.stream().filter(answer -> answer.status() == 503).toList();
      assertThat(shed).as(head).hasSizeGreaterThan(25)
          .allMatch(answer -> Integer.parseInt(answer.headers().get("retry-after")) >= 5 && !answer.headers().containsKey("connection"));
    }
    Raw broken = from(server, "127.0.0.2");
    broken.send("GET /nope HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30) + "GET /nope HTTP/1.1\r\n\r\n");
    for (int i = 0; i < 30; i++) {
      broken.answer();
    }
    assertThat(broken.answer().status()).isEqualTo(503);
    assertThat(broken.ended()).isTrue();
    assertThat(heard.shed).containsOnly(Shed.SOURCE_REQUESTS);
  }

  @Test
  void aFloodOfRequestsForNothingDoesNotFloodTheLog() throws Exception {
    HttpsServer server = server(false, perSource(10, Rate.ANY, Rate.ANY, 100));
    try (LogLines log = LogLines.of(HttpsServer.class)) {
      Raw raw = from(server, "127.0.0.1");
      for (int i = 0; i < 20; i++) {
        raw.send("GET /nope HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50));
        for (int answer = 0; answer < 50; answer++) {
          assertThat(raw.answer().status()).isEqualTo(404);
        }
      }
      await().until(() -> heard.exchanges.size() == 1000);
      assertThat(log.texts().stream().filter(line -> line.contains("status=404")).count()).isBetween(20L, 500L);
      await().untilAsserted(() -> {
        raw.request("GET", "/nope", "").answer();
        assertThat(log.texts()).anyMatch(line -> line.contains("status=404") && line.contains(" left-out="));
      });
    }
  }

  private static HttpsConnection connect(HttpsServer server) throws IOException {
    return HttpsConnection.open(Site.client(), "localhost", server.address().getPort());
  }

  private static int hang(HttpsServer server) {
    try (HttpsConnection connection = connect(server)) {
      return connection.exchange("GET", "/wait", Headers.NONE, Octets.empty()).status();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int hello(HttpsConnection connection) throws IOException {
    return connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status();
  }
}
