package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eider.testkit.LogLines;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer cannot do: take more time, connections or workers than it is given; and how the server ends. */
class ServerLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    site.gate.countDown();
    for (AutoCloseable each : opened) {
      each.close();
    }
    log.close();
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(0, closeable);
    return closeable;
  }

  private static ServerConfig.Limits limits(int workers, int queue, int connections, Duration handshake, Duration request, Duration idle,
      Duration drain) {
    return new ServerConfig.Limits(workers, queue, connections, 8192, handshake, request, idle, drain);
  }

  @Test
  void aHeaderThatDripsInIsGivenUpAfterTheRequestTime() throws IOException {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, SHORT, LONG, LONG)));
    Raw raw = open(new Raw(server.address()));
    raw.send("GET /hello HTTP/1.1\r\nHost:");
    assertThat(raw.answer().status()).isEqualTo(408);
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void drippingOctetsDoNotProlongTheRequestTime() throws Exception {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, Duration.ofSeconds(1), LONG, LONG)));
    Raw raw = open(new Raw(server.address()));
    long begun = System.nanoTime();
    raw.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n");
    CompletableFuture<Raw.Answer> answer = CompletableFuture.supplyAsync(() -> {
      try {
        return raw.answer();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    await().pollInterval(Duration.ofMillis(50)).until(() -> {
      if (!answer.isDone()) {
        raw.send("d");
      }
      return answer.isDone();
    });
    assertThat(answer.get().status()).isEqualTo(408);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(6));
  }

  @Test
  void anIdleConnectionIsClosedBeforeAndBetweenRequests() throws IOException {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, LONG, SHORT, LONG)));
    assertThat(open(new Raw(server.address())).ended()).isTrue();
    Raw used = open(new Raw(server.address()));
    assertThat(used.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(used.ended()).isTrue();
  }

  @Test
  void anAnswerThatIsNotTakenIsGivenUpAfterTheRequestTime() throws IOException {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, SHORT, LONG, LONG)));
    open(new Raw(server.address())).request("GET", "/huge", "");
    await().until(() -> log.texts().stream().anyMatch(line -> line.contains("path=/huge status=200") && line.endsWith("undelivered=true")));
    await().until(() -> server.connections() == 0);
  }

  @Test
  void aConnectionThatIdlesKeepsNothingOfTheBodyItSent() throws IOException {
    int size = 64 * 1024;
    int many = 400;
    Routes routes = Routes.builder().on("POST", "/refuse", size, request -> HttpResponse.text(415, "no")).build();
    HttpsServer server = open(HttpsServer.start(new ServerConfig("idle", "127.0.0.1", 0, Optional.empty(), false,
        limits(2, 2, many, LONG, LONG, LONG, LONG)), routes));
    String body = "x".repeat(size);
    List<Raw> idle = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      idle.add(open(new Raw(server.address())));
    }
    for (Raw each : idle) {
      assertThat(each.request("POST", "/refuse", "x").answer().status()).isEqualTo(415);
    }
    long before = heap();
    for (Raw each : idle) {
      assertThat(each.request("POST", "/refuse", body).answer().status()).isEqualTo(415);
    }
    await().untilAsserted(() -> assertThat(heap() - before).isLessThan((long) many * size / 2));
    assertThat(server.connections()).isEqualTo(many);
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aHandshakeThatDoesNotComeIsGivenUpAndLoggedOnce() throws IOException {
    HttpsServer server = open(site.secure(limits(2, 2, 8, SHORT, LONG, LONG, LONG)));
    assertThat(open(new Raw(server.address())).ended()).isTrue();
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.texts()).singleElement().asString()
        .matches("handshake failed session=[0-9a-f]{12} peer=127\\.0\\.0\\.1:\\d+ detail=.*timed out.*");
  }

  @Test
  void octetsThatAreNoTlsAreLoggedInOneLineWithoutStackTrace() throws IOException {
    HttpsServer server = open(site.secure());
    open(new Raw(server.address())).send("GET / HTTP/1.1\r\n\r\n").ended();
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.events()).singleElement().satisfies(event -> {
      assertThat(event.getLevel()).isEqualTo(Level.INFO);
      assertThat(event.getThrowableProxy()).isNull();
      assertThat(event.getFormattedMessage()).isEqualTo("handshake failed");
    });
    assertThat(Tls.engineLogIsSilent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /none HTTP/1.1, 404, no such resource",
    "DELETE /hello HTTP/1.1, 405, not with this method",
    "GET /hello HTTP/1.1\\nContent-Length: 4, 413, the body is larger than 0 octets",
    "GET /../hello HTTP/1.1, 400, request target: dot segment",
  })
  void whatTheKitItselfRefusesIsLoggedOnceWithItsReason(String head, int status, String reason) throws IOException {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, LONG, LONG, LONG)));
    Raw raw = open(new Raw(server.address()));
    raw.send(head.replace("\\n", "\r\n") + "\r\nHost: x\r\n\r\n");
    assertThat(raw.answer().status()).isEqualTo(status);
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.texts()).singleElement().asString().contains(" status=" + status + " ", "outcome=refused").endsWith("detail=" + reason);
  }

  @Test
  void aConnectionBeyondTheLimitTakesThePlaceOfTheOneThatIdlesLongest() throws IOException {
    HttpsServer server = open(site.plain(limits(2, 2, 2, LONG, LONG, LONG, LONG)));
    Raw first = open(new Raw(server.address()));
    assertThat(first.request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(open(new Raw(server.address())).request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(open(new Raw(server.address())).request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(first.ended()).isTrue();
    assertThat(open(new Raw(server.address())).request("GET", "/hello", "").answer().status()).isEqualTo(200);
    assertThat(server.connections()).isLessThanOrEqualTo(2);
    assertThat(log.events().stream().filter(e -> e.getLevel() == Level.WARN)).hasSize(1);
  }

  @Test
  void moreRequestsThanWorkersAndQueueAreAnsweredWith503() throws Exception {
    HttpsServer server = open(site.plain(limits(1, 1, 8, LONG, LONG, LONG, LONG)));
    Raw running = open(new Raw(server.address())).request("GET", "/wait", "");
    site.waiting.await();
    Raw queued = open(new Raw(server.address())).request("GET", "/hello", "");
    Raw.Answer busy = untilBusy(server);
    assertThat(busy.headers()).doesNotContainKey("connection");
    assertThat(Integer.parseInt(busy.headers().get("retry-after"))).isBetween(5, 15);
    site.gate.countDown();
    assertThat(running.answer().status()).isEqualTo(200);
    assertThat(queued.answer().status()).isEqualTo(200);
  }

  /** The queued request may still be on its way when the next one comes, which then waits instead; it is given up. */
  private Raw.Answer untilBusy(HttpsServer server) {
    return await().ignoreExceptions().until(() -> {
      Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
      Raw next = open(new Raw(socket));
      socket.setSoTimeout(200);
      return next.request("GET", "/hello", "").answer();
    }, answer -> answer.status() == 503);
  }

  @Test
  void whatIsReadWhileAHandlerRunsIsNotTakenBeforeItsAnswer() throws Exception {
    HttpsServer server = open(site.plain(Site.limits()));
    Raw raw = open(new Raw(server.address())).request("GET", "/wait", "").request("GET", "/hello", "");
    site.waiting.await();
    assertThat(site.sessions).isEmpty();
    site.gate.countDown();
    assertThat(raw.answer().body()).isEqualTo("waited\n");
    assertThat(raw.answer().body()).isEqualTo("hello\n");
  }

  @Test
  void closingFinishesWhatIsInFlightAndAcceptsNothingNew() throws Exception {
    HttpsServer server = open(site.secure());
    HttpsConnection idle = open(HttpsConnection.open(Site.client(), "localhost", server.address().getPort()));
    HttpsConnection busy = open(HttpsConnection.open(Site.client(), "localhost", server.address().getPort()));
    CompletableFuture<HttpResponse> answer = CompletableFuture.supplyAsync(() -> exchange(busy, "/wait"));
    site.waiting.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
    await().until(() -> !idle.isOpen());
    assertThatThrownBy(() -> new Socket(server.address().getAddress(), server.address().getPort()).close()).isInstanceOf(IOException.class);
    assertThat(closing).isNotDone();
    site.gate.countDown();
    assertThat(answer.get().body().utf8()).isEqualTo("waited\n");
    assertThat(answer.get().close()).isTrue();
    closing.get();
    server.close();
  }

  @Test
  void closingWaitsNoLongerThanTheDrainTime() throws Exception {
    HttpsServer server = open(site.plain(limits(2, 2, 8, LONG, LONG, LONG, SHORT)));
    Raw raw = open(new Raw(server.address())).request("GET", "/wait", "");
    site.waiting.await();
    long begun = System.nanoTime();
    server.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(250), Duration.ofSeconds(8));
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void closingLeavesNoThreadBehind() throws Exception {
    HttpsServer server = HttpsServer.start(new ServerConfig("leaktest", "127.0.0.1", 0, Optional.of(Site.SERVER), true, Site.limits()),
        site.routes());
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", server.address().getPort())) {
      connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
    }
    assertThat(threadsOf("leaktest")).isNotEmpty();
    server.close();
    await().until(() -> threadsOf("leaktest").isEmpty());
  }

  @Test
  void anAddressInUseIsAnIoException() throws IOException {
    HttpsServer server = open(site.plain(Site.limits()));
    ServerConfig same = new ServerConfig("second", "127.0.0.1", server.address().getPort(), Optional.empty(), false, Site.limits());
    assertThatThrownBy(() -> HttpsServer.start(same, site.routes())).isInstanceOf(IOException.class).hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.address().getPort() + ": ");
    await().until(() -> threadsOf("second").isEmpty());
  }

  @Test
  void plainHttpIsRefusedElsewhereThanOnLoopback() {
    ServerConfig everywhere = new ServerConfig("plain", "0.0.0.0", 0, Optional.empty(), false, Site.limits());
    assertThatThrownBy(() -> HttpsServer.start(everywhere, site.routes())).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> threadsOf(String server) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive).map(Thread::getName).filter(name -> name.startsWith(server)).toList();
  }

  private static HttpResponse exchange(HttpsConnection connection, String path) {
    try {
      return connection.exchange("GET", path, Headers.NONE, Octets.empty());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
