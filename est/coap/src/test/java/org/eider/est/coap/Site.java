package org.eider.est.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eider.est.ClientSession;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/** Fixtures: a PKI, a server with an echo, and what the server saw. */
final class Site {
  static final TestPki PKI = TestPki.root("Site root");
  static final TestPki MAKER = TestPki.manufacturer("Maker", "masa.example.com");
  static final Credential SERVER = PKI.server(List.of("localhost"), List.of("127.0.0.1"));
  static final Credential PLEDGE = MAKER.idevid("S-1");
  static final ServerTrust TRUST = ServerTrust.anchored(TrustAnchors.of(List.of(PKI.certificate())), InstantSource.fixed(TestPki.NOW));

  /** The sessions of the requests that reached a handler, in order. */
  final List<ClientSession> sessions = new CopyOnWriteArrayList<>();
  /** Handlers of /wait hang here. */
  final CountDownLatch gate = new CountDownLatch(1);
  final CountDownLatch waiting = new CountDownLatch(1);

  CoapRoutes.Builder routes() {
    return CoapRoutes.builder()
        .on("GET", "/hello", 0, this::hello)
        .on("POST", "/echo", 16 * 1024, this::echo)
        .on("POST", "/small", 100, this::echo)
        .on("GET", "/wait", 0, this::hang)
        .on("GET", "/throw", 0, request -> {
          throw new IllegalStateException("secret detail");
        })
        .on("POST", "/nothing", 1000, request -> CoapAnswer.changed())
        .on("GET", "/later", 0, request -> CodeTable.deferred(Duration.ofMinutes(5)))
        .on("GET", "/large", 0, request -> CoapAnswer.content(ContentFormat.CBOR, Octets.of(new byte[10_000])).withEtag(Octets.utf8("v1")))
        .on("GET", "/asked", 0, request -> CoapAnswer.content(ContentFormat.TEXT,
            Octets.utf8(request.path() + " " + request.query() + " " + request.accept() + " " + request.etags().size())))
        .on("GET", "/no", 0, request -> CoapAnswer.diagnostic(CoapCode.FORBIDDEN, "go away").noted("NOT_YOU", "go\naway"))
        .abbreviated(402, "/echo");
  }

  private CoapAnswer hello(CoapRequest request) {
    sessions.add(request.session());
    return CoapAnswer.content(ContentFormat.TEXT, Octets.utf8("hello"));
  }

  private CoapAnswer echo(CoapRequest request) {
    sessions.add(request.session());
    return CoapAnswer.changed(ContentFormat.of(request.contentFormat().orElse(0)).orElse(ContentFormat.TEXT), request.payload());
  }

  private CoapAnswer hang(CoapRequest request) {
    waiting.countDown();
    try {
      return CoapAnswer.content(ContentFormat.TEXT, Octets.utf8(gate.await(20, TimeUnit.SECONDS) ? "waited" : "never"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CoapAnswer.empty(CoapCode.INTERNAL_SERVER_ERROR);
    }
  }

  CoapsServer server() throws IOException {
    return server(limits());
  }

  CoapsServer server(CoapsConfig.Limits limits) throws IOException {
    return CoapsServer.start(new CoapsConfig("site", "127.0.0.1", 0, SERVER, limits), routes().build());
  }

  static CoapsConfig.Limits limits() {
    return CoapsConfig.Limits.standard().withWorkers(4, 16).withSessions(1000).withDrain(Duration.ofSeconds(5));
  }

  static CoapsClientConfig client() {
    return client(PLEDGE);
  }

  static CoapsClientConfig client(Credential credential) {
    return CoapsClientConfig.standard(credential, TRUST).withTimes(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  static CoapsConnection connect(CoapsServer server) throws IOException {
    return connect(server, client());
  }

  static CoapsConnection connect(CoapsServer server, CoapsClientConfig config) throws IOException {
    InetSocketAddress address = server.address();
    return CoapsConnection.open(config, "127.0.0.1", address.getPort());
  }

  ClientSession lastSession() {
    return sessions.get(sessions.size() - 1);
  }
}
