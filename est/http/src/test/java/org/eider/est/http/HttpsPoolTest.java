package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eider.est.ClientSession;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections are reused, bounded, and replaced when the server closed them meanwhile. */
class HttpsPoolTest {
  private final Site site = new Site();
  private final List<AutoCloseable> opened = new ArrayList<>();

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

  private static URI uri(HttpsServer server, String path) {
    return URI.create("https://localhost:" + server.address().getPort() + path);
  }

  private long connectionsSeen() {
    return site.sessions.stream().map(ClientSession::id).distinct().count();
  }

  @Test
  void requestsOneAfterTheOtherShareOneConnection() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(Site.client(), 4));
    for (int i = 0; i < 4; i++) {
      assertThat(pool.exchange("POST", uri(server, "/echo?x=1"), Headers.NONE, Octets.utf8("n" + i)).body().utf8()).isEqualTo("n" + i);
    }
    assertThat(connectionsSeen()).isEqualTo(1);
  }

  @Test
  void aConnectionThatTheServerClosedIsReplaced() throws Exception {
    HttpsServer first = site.secure();
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    assertThat(pool.exchange("GET", uri(first, "/hello"), Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    first.close();
    HttpsServer second = open(HttpsServer.start(
        new ServerConfig("again", "127.0.0.1", first.address().getPort(), Optional.of(Site.SERVER), true, Site.limits()), site.routes()));
    assertThat(pool.exchange("GET", uri(second, "/hello"), Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    assertThat(connectionsSeen()).isEqualTo(2);
  }

  @Test
  void aRequestThatBreaksOnAReusedConnectionBeforeAnyAnswerIsSentOnceMore() throws Exception {
    try (ScriptedServer server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
      HttpsPool pool = open(new HttpsPool(Site.client(), 1));
      URI uri = URI.create("https://localhost:" + server.port() + "/");
      for (int i = 0; i < 5; i++) {
        assertThat(pool.exchange("POST", uri, Headers.NONE, Octets.utf8("again")).body().utf8()).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(5);
    }
  }

  @Test
  void aRequestThatBreaksOnANewConnectionIsNotRepeated() throws Exception {
    try (ScriptedServer server = new ScriptedServer("")) {
      HttpsPool pool = open(new HttpsPool(Site.client(), 1));
      URI uri = URI.create("https://localhost:" + server.port() + "/");
      assertThatThrownBy(() -> pool.exchange("POST", uri, Headers.NONE, Octets.utf8("once"))).isInstanceOf(IOException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void moreCallersThanConnectionsWaitAndThenGiveUp() throws Exception {
    HttpsServer server = open(site.secure());
    ClientConfig hasty = new ClientConfig(Optional.empty(), Site.TRUST, true, List.of("TLSv1.3"), Duration.ofSeconds(3),
        Duration.ofSeconds(20), 100);
    HttpsPool pool = open(new HttpsPool(hasty, 1));
    CompletableFuture<HttpResponse> first = CompletableFuture.supplyAsync(() -> {
      try {
        return pool.exchange("GET", uri(server, "/wait"), Headers.NONE, Octets.empty());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    assertThat(site.waiting.await(10, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> pool.exchange("GET", uri(server, "/hello"), Headers.NONE,
        Octets.empty())).isInstanceOf(SocketTimeoutException.class);
    site.gate.countDown();
    assertThat(first.get().status()).isEqualTo(200);
  }

  @Test
  void aConnectionThatIsNotUsedIsClosed() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(Site.client(), 1, Duration.ofMillis(200)));
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    assertThat(server.connections()).isEqualTo(1);
    await().until(() -> server.connections() == 0);
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    assertThat(connectionsSeen()).isEqualTo(2);
  }

  @Test
  void aHostIsOneHoweverItIsWritten() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    for (String name : List.of("localhost", "LOCALHOST", "LocalHost")) {
      URI uri = URI.create("https://" + name + ":" + server.address().getPort() + "/hello");
      assertThat(pool.exchange("GET", uri, Headers.NONE, Octets.empty()).status()).isEqualTo(200);
      assertThat(pool.hosts()).isEqualTo(1);
    }
    assertThat(connectionsSeen()).isEqualTo(1);
  }

  @Test
  void aHostWithoutConnectionIsForgotten() throws IOException {
    HttpsServer server = site.secure();
    URI uri = uri(server, "/hello");
    HttpsPool hasty = open(new HttpsPool(Site.client(), 1, Duration.ofMillis(200)));
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    hasty.exchange("GET", uri, Headers.NONE, Octets.empty());
    await().until(() -> hasty.hosts() == 0);
    assertThat(hasty.exchange("GET", uri, Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    pool.exchange("GET", uri, Headers.NONE, Octets.empty());
    assertThat(pool.hosts()).isEqualTo(1);
    pool.retire();
    assertThat(pool.hosts()).isZero();
    server.close();
    HttpsPool refused = open(new HttpsPool(Site.client(), 1));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> refused.exchange("GET", uri, Headers.NONE, Octets.empty())).isInstanceOf(IOException.class);
      assertThat(refused.hosts()).isZero();
    }
  }

  @Test
  void onlyHttpsIsSpoken() {
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    for (String uri : List.of("http://localhost/", "ftp://localhost/", "/relative", "https:///no-host")) {
      assertThatThrownBy(() -> pool.exchange("GET", URI.create(uri), Headers.NONE, Octets.empty())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void retiringEndsIdleConnectionsAndKeepsNone() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    pool.retire();
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    assertThat(connectionsSeen()).isEqualTo(2);
    await().until(() -> server.connections() == 0 && pool.isUnused());
  }

  @Test
  void closingBreaksWhatGoesOnAndWhatWaits() throws Exception {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    CompletableFuture<Throwable> answering = failure(pool, uri(server, "/wait"));
    assertThat(site.waiting.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Throwable> queueing = failure(pool, uri(server, "/hello"));
    pool.close();
    assertThat(answering.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThat(queueing.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty())).isInstanceOf(IOException.class);
  }

  @Test
  void closingBreaksAHandshakeThatGoesOn() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpsPool pool = open(new HttpsPool(Site.client(), 1));
      CompletableFuture<Throwable> dialling = failure(pool, URI.create("https://localhost:" + silent.getLocalPort() + "/"));
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.isConnected()).isTrue();
        pool.close();
        assertThat(dialling.get(3, TimeUnit.SECONDS)).isInstanceOf(IOException.class).isNotInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void waitingForAConnectionCountsTowardsTheTimeToConnect() throws Exception {
    Duration time = Duration.ofSeconds(3);
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      HttpsPool pool = open(new HttpsPool(new ClientConfig(Optional.empty(), Site.TRUST, true, List.of("TLSv1.3"), time, time, 100), 1));
      URI uri = URI.create("https://localhost:" + silent.getLocalPort() + "/");
      long began = System.nanoTime();
      CompletableFuture<Throwable> one = failure(pool, uri);
      CompletableFuture<Throwable> other = failure(pool, uri);
      assertThat(one.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketTimeoutException.class);
      assertThat(other.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketTimeoutException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).as("not one after the other").isLessThan(time.multipliedBy(2));
    }
  }

  @Test
  void aResponseBeyondTheLimitIsOfNoUse() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = open(new HttpsPool(new ClientConfig(Optional.empty(), Site.TRUST, true, List.of("TLSv1.3"), Duration.ofSeconds(5),
        Duration.ofSeconds(10), 3), 1));
    assertThatThrownBy(() -> pool.exchange("POST", uri(server, "/echo"), Headers.NONE, Octets.utf8("four")))
        .isInstanceOf(UnusableResponseException.class);
  }

  private static CompletableFuture<Throwable> failure(HttpsPool pool, URI uri) {
    return CompletableFuture.<Throwable>supplyAsync(() -> {
      try {
        throw new AssertionError(pool.exchange("GET", uri, Headers.NONE, Octets.empty()));
      } catch (IOException e) {
        return e;
      }
    }, task -> new Thread(task).start());
  }
}
