package org.eider.est.http;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eider.est.ClientSession;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.wire.MediaType;

/** Fixtures: a PKI, a server with an echo, and what the server saw. */
final class Site {
  static final TestPki PKI = TestPki.root("Site root");
  static final Credential SERVER = PKI.server(List.of("localhost"), List.of("127.0.0.1"));
  static final ServerTrust TRUST = ServerTrust.anchored(TrustAnchors.of(List.of(PKI.certificate())), InstantSource.fixed(TestPki.NOW));

  /** The sessions of the requests that reached a handler, in order. */
  final List<ClientSession> sessions = new CopyOnWriteArrayList<>();
  /** Handlers of /wait hang here. */
  final CountDownLatch gate = new CountDownLatch(1);
  final CountDownLatch waiting = new CountDownLatch(1);

  Routes routes() {
    return Routes.builder()
        .on("GET", "/hello", 0, this::hello)
        .on("POST", "/echo", 4096, this::echo)
        .on("PUT", "/echo", 4096, this::echo)
        .on("GET", "/wait", 0, this::hang)
        .on("GET", "/throw", 0, request -> {
          throw new IllegalStateException("secret detail");
        })
        .on("GET", "/bad-header", 0, request -> HttpResponse.empty(200).with("x-bad", "a\r\nb: c"))
        .on("GET", "/empty", 0, request -> HttpResponse.empty(204))
        .on("GET", "/large", 0, request -> HttpResponse.ok(MediaType.TEXT, org.eider.wire.Octets.of(new byte[300_000])))
        .on("GET", "/huge", 0, request -> HttpResponse.ok(MediaType.TEXT, org.eider.wire.Octets.of(new byte[50_000_000])))
        .on("GET", "/leave", 0, request -> HttpResponse.text(401, "go").closing().noted("NOT_YOU", "go\naway"))
        .under("GET", "/files/", 0, request -> HttpResponse.text(200, request.path() + " " + request.query().orElse("-")))
        .build();
  }

  private HttpResponse hello(HttpRequest request) {
    sessions.add(request.session());
    return HttpResponse.text(200, "hello");
  }

  private HttpResponse echo(HttpRequest request) {
    sessions.add(request.session());
    return HttpResponse.ok(MediaType.TEXT, request.body());
  }

  private HttpResponse hang(HttpRequest request) {
    waiting.countDown();
    try {
      return HttpResponse.text(gate.await(20, TimeUnit.SECONDS) ? 200 : 500, "waited");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpResponse.text(500, "interrupted");
    }
  }

  HttpsServer secure() throws IOException {
    return secure(limits());
  }

  HttpsServer secure(ServerConfig.Limits limits) throws IOException {
    return HttpsServer.start(new ServerConfig("site", "127.0.0.1", 0, Optional.of(SERVER), true, limits), routes());
  }

  HttpsServer plain(ServerConfig.Limits limits) throws IOException {
    return HttpsServer.start(new ServerConfig("site", "127.0.0.1", 0, Optional.empty(), false, limits), routes());
  }

  static ServerConfig.Limits limits() {
    return new ServerConfig.Limits(4, 16, 64, 8 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10),
        Duration.ofSeconds(10));
  }

  static ClientConfig client(Optional<Credential> credential, String protocol) {
    return new ClientConfig(credential, TRUST, true, List.of(protocol), Duration.ofSeconds(10), Duration.ofSeconds(10), 2 * 1024 * 1024);
  }

  static ClientConfig client() {
    return client(Optional.empty(), "TLSv1.3");
  }

  X509Certificate lastClient() {
    return sessions.get(sessions.size() - 1).client().orElseThrow();
  }
}
