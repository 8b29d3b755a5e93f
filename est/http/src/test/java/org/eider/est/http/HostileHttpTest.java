package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Abuses of HTTP/1.1 on one connection or many: after each the server has everything back, and serves the next client. */
class HostileHttpTest {
  private static final String NL = "\r\n";
  private static final String POST = "POST /echo HTTP/1.1" + NL + "Host: x" + NL;
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked" + NL + NL;
  private static final String SMUGGLED = "GET /hello HTTP/1.1" + NL + "Host: x" + NL + NL;

  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private final Leaks leaks = new Leaks();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private HttpsServer server;

  @BeforeEach
  void start() throws IOException {
    server = site.plain(Site.limits().withTimes(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5)));
  }

  @AfterEach
  void everythingIsBack() throws Exception {
    site.gate.countDown();
    try (Raw honest = new Raw(server.address())) {
      assertThat(honest.request("GET", "/hello", "").answer().body()).isEqualTo("hello\n");
    }
    for (AutoCloseable each : opened) {
      each.close();
    }
    await().untilAsserted(() -> {
      assertThat(server.connections()).isZero();
      assertThat(server.busyWorkers()).isZero();
      assertThat(server.queued()).isZero();
    });
    server.close();
    leaks.assertNone();
    leaks.close();
    log.close();
    assertThat(log.events()).noneMatch(event -> event.getLevel() == Level.ERROR || event.getThrowableProxy() != null);
  }

  private Raw connect() throws IOException {
    Raw raw = new Raw(server.address());
    opened.add(raw);
    return raw;
  }

  static Stream<Arguments> refusedAndEnded() {
    return Stream.of(
        Arguments.of("a folded coding with a length", POST + "Content-Length: 4" + NL + "Transfer-Encoding:" + NL + " chunked" + NL + NL
            + "0" + NL + NL + SMUGGLED),
        Arguments.of("a folded length", POST + "Content-Length: 2" + NL + " 0" + NL + NL + "ok" + SMUGGLED),
        Arguments.of("a line that folds nothing", "GET /hello HTTP/1.1" + NL + " Host: x" + NL + NL + SMUGGLED),
        Arguments.of("a bare CR within a header", "GET /hello HTTP/1.1" + NL + "Host: x\rContent-Length: 40" + NL + NL + SMUGGLED),
        Arguments.of("a bare CR within the request line", "GET /hello\rHTTP/1.1" + NL + "Host: x" + NL + NL + SMUGGLED),
        Arguments.of("a bare LF between headers", "GET /hello HTTP/1.1" + NL + "Host: x\nContent-Length: 40" + NL + NL + SMUGGLED),
        Arguments.of("a tab before the colon", POST + "Content-Length\t: 2" + NL + NL + "ok" + SMUGGLED),
        Arguments.of("a header without name", POST + ": 2" + NL + NL + SMUGGLED),
        Arguments.of("a header without colon", POST + "Content-Length" + NL + NL + SMUGGLED),
        Arguments.of("a coding with a vertical tab", POST + "Transfer-Encoding: \u000bchunked" + NL + NL + "0" + NL + NL + SMUGGLED),
        Arguments.of("a target that is an authority", "GET evil.example:443 HTTP/1.1" + NL + "Host: x" + NL + NL + SMUGGLED),
        Arguments.of("a chunk of size 0x2", CHUNKED + "0x2" + NL + "ok" + NL + "0" + NL + NL + SMUGGLED),
        Arguments.of("a chunk without size", CHUNKED + NL + "ok" + NL + SMUGGLED),
        Arguments.of("a chunk size beyond 32 bits", CHUNKED + "100000002" + NL + "ok" + NL + "0" + NL + NL + SMUGGLED),
        Arguments.of("a chunk size beyond 64 bits", CHUNKED + "10000000000000002" + NL + "ok" + NL + "0" + NL + NL + SMUGGLED),
        Arguments.of("a chunk that ends with LF", CHUNKED + "2" + NL + "ok\n0" + NL + NL + SMUGGLED),
        Arguments.of("a chunk size that ends with LF", CHUNKED + "2\nok" + NL + "0" + NL + NL + SMUGGLED),
        Arguments.of("an endless chunk extension", CHUNKED + "2;" + "x".repeat(70_000) + NL + "ok" + NL + "0" + NL + NL),
        Arguments.of("endless trailers", CHUNKED + "2" + NL + "ok" + NL + "0" + NL + ("T: t" + NL).repeat(20_000) + NL),
        Arguments.of("one endless trailer", CHUNKED + "0" + NL + "T: " + "t".repeat(70_000) + NL + NL),
        Arguments.of("more headers than there is room for", "GET /hello HTTP/1.1" + NL + ("H: h" + NL).repeat(50_000) + NL),
        Arguments.of("a header of a megabyte", "GET /hello HTTP/1.1" + NL + "H: " + "h".repeat(1 << 20) + NL + NL),
        Arguments.of("a request line of a megabyte", "GET /" + "p".repeat(1 << 20) + " HTTP/1.1" + NL + NL),
        Arguments.of("a method of a megabyte", "G".repeat(1 << 20) + " / HTTP/1.1" + NL + NL),
        Arguments.of("nothing but line ends", NL.repeat(300_000) + "x" + NL),
        Arguments.of("the preface of HTTP/2", "PRI * HTTP/2.0" + NL + NL + "SM" + NL + NL));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedAndEnded")
  void isRefusedOnceAndTheConnectionEnds(String what, String octets) throws IOException {
    Raw raw = connect();
    sendWhatIsTaken(raw, octets);
    List<Integer> statuses = answers(raw);
    assertThat(statuses.size()).isLessThanOrEqualTo(1);
    assertThat(statuses).allMatch(status -> status >= 400 && status < 500);
    assertThat(site.sessions).isEmpty();
  }

  @Test
  void emptyChunkExtensionsAndTrailersChangeNothing() throws IOException {
    Raw raw = connect();
    raw.send(CHUNKED + "2;a=\"b\";c" + NL + "ok" + NL + "000" + NL + "Content-Length: 40" + NL + "Transfer-Encoding: gzip" + NL + NL);
    assertThat(raw.answer().body()).isEqualTo("ok");
    assertThat(raw.request("GET", "/hello", "").answer().body()).isEqualTo("hello\n");
    assertThat(site.sessions).hasSize(2);
  }

  @Test
  void oneOctetChunksBeyondTheBodyAreRefusedAtTheBound() throws IOException {
    Raw raw = connect();
    sendWhatIsTaken(raw, CHUNKED + ("1" + NL + "x" + NL).repeat(200_000));
    assertThat(answers(raw)).isSubsetOf(413).hasSizeLessThanOrEqualTo(1);
    assertThat(site.sessions).isEmpty();
  }

  @Test
  void theAuthorityOfATargetChoosesNothing() throws IOException {
    Raw raw = connect();
    raw.send("GET https://evil.example/hello HTTP/1.1" + NL + "Host: x" + NL + NL);
    assertThat(raw.answer().body()).isEqualTo("hello\n");
    raw.send("GET http://evil.example@x/nothing HTTP/1.1" + NL + "Host: x" + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(404);
  }

  @Test
  void aPipelineOfThousandsIsServedInItsOrderAndNeverHeldInMemory() throws IOException {
    Raw raw = connect();
    for (int i = 0; i < 50; i++) {
      raw.send(SMUGGLED.repeat(20));
      for (int answer = 0; answer < 20; answer++) {
        assertThat(raw.answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aPipelineWhoseAnswersNobodyReadsIsGivenUp() throws IOException {
    Raw raw = connect();
    sendWhatIsTaken(raw, ("GET /large HTTP/1.1" + NL + "Host: x" + NL + NL).repeat(2000));
    await().atMost(Duration.ofSeconds(30)).until(() -> server.connections() == 0);
  }

  @Test
  void expectationsCostNothing() throws IOException {
    Raw raw = connect();
    raw.send(POST + "Content-Length: 2" + NL + "Expect: 100-continue" + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(100);
    raw.send("ok");
    assertThat(raw.answer().body()).isEqualTo("ok");
    raw.send(POST + "Content-Length: 2" + NL + "Expect: 100-continue" + NL + NL + "ok");
    assertThat(raw.answer().status()).isEqualTo(100);
    assertThat(raw.answer().body()).isEqualTo("ok");
    raw.send(POST + "Content-Length: 2" + NL + "Expect: " + "x".repeat(2000) + NL + NL + "ok");
    assertThat(raw.answer().status()).isEqualTo(417);
    Raw silent = connect();
    silent.send(POST + "Content-Length: 2" + NL + "Expect: 100-continue" + NL + NL);
    assertThat(silent.answer().status()).isEqualTo(100);
    assertThat(silent.answer().status()).isEqualTo(408);
    assertThat(silent.ended()).isTrue();
  }

  @Test
  void sixtySlowClientsAtEveryPointOfARequestAreGivenUp() throws IOException {
    String whole = POST + "Content-Length: 2" + NL + NL + "ok";
    for (int i = 0; i < 60; i++) {
      connect().send(whole.substring(0, i * (whole.length() - 1) / 60));
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
    assertThat(site.sessions).isEmpty();
  }

  /** The server may have had enough before everything is sent. */
  private static void sendWhatIsTaken(Raw raw, String octets) {
    Thread sender = new Thread(() -> {
      try {
        raw.send(octets);
      } catch (IOException enough) {
        return;
      }
    });
    sender.setDaemon(true);
    sender.start();
    try {
      sender.join(1500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The status of every answer that comes before the connection ends. */
  private static List<Integer> answers(Raw raw) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    try {
      while (true) {
        statuses.add(raw.answer().status());
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError("the connection stays open after " + statuses, open);
    } catch (java.io.EOFException | SocketException ended) {
      return statuses;
    }
  }
}
