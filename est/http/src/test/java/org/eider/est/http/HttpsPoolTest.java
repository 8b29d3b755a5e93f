package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    ClientConfig hasty = new ClientConfig(Optional.empty(), Site.TRUST, true, List.of("TLSv1.3"), Duration.ofMillis(500),
        Duration.ofSeconds(10), 100);
    HttpsPool pool = open(new HttpsPool(hasty, 1));
    CompletableFuture<HttpResponse> first = CompletableFuture.supplyAsync(() -> {
      try {
        return pool.exchange("GET", uri(server, "/wait"), Headers.NONE, Octets.empty());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    site.waiting.await();
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
  void onlyHttpsIsSpoken() {
    HttpsPool pool = open(new HttpsPool(Site.client(), 1));
    for (String uri : List.of("http://localhost/", "ftp://localhost/", "/relative", "https:///no-host")) {
      assertThatThrownBy(() -> pool.exchange("GET", URI.create(uri), Headers.NONE, Octets.empty())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingEndsIdleConnections() throws IOException {
    HttpsServer server = open(site.secure());
    HttpsPool pool = new HttpsPool(Site.client(), 1);
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    pool.close();
    pool.exchange("GET", uri(server, "/hello"), Headers.NONE, Octets.empty());
    assertThat(connectionsSeen()).isEqualTo(2);
  }
}
