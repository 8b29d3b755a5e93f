package org.eider.registrar.server;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.HttpsServer;
import org.eider.est.http.Routes;
import org.eider.est.http.ServerConfig;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.UntrustedException;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.SidRevision;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** A MASA that does what a test tells it; honest unless told otherwise. */
final class ScriptedMasa implements AutoCloseable {
  final TestPki tlsRoot = TestPki.root("MASA TLS");
  final TestPki voucherRoot = TestPki.root("MASA vouchers");
  final Credential signer = voucherRoot.signer("MASA", KeyType.P256);
  final ConcurrentLinkedQueue<HttpRequest> requests = new ConcurrentLinkedQueue<>();
  volatile HttpHandler onRequest = this::voucher;
  volatile HttpHandler onAuditLog = this::auditLog;
  volatile HttpHandler onElse = request -> HttpResponse.empty(404);
  private final HttpsServer server;

  ScriptedMasa() throws IOException {
    this(root -> root.server(List.of("localhost"), List.of()));
  }

  /** A MASA that shows a certificate of its TLS root. */
  ScriptedMasa(Function<TestPki, Credential> shown) throws IOException {
    Routes routes = Routes.builder()
        .on("POST", "/.well-known/brski/requestvoucher", 1 << 20, request -> noted(request, onRequest))
        .on("POST", "/.well-known/brski/requestauditlog", 1 << 20, request -> noted(request, onAuditLog))
        .under("GET", "/", 0, request -> noted(request, onElse))
        .under("POST", "/", 1 << 20, request -> noted(request, onElse))
        .build();
    server = HttpsServer.start(new ServerConfig("masa", "127.0.0.1", 0, Optional.of(shown.apply(tlsRoot)), true, ServerConfig.Limits.standard()), routes);
  }

  int port() {
    return server.address().getPort();
  }

  /** Back to honesty, and to no requests. */
  void reset() {
    requests.clear();
    onRequest = this::voucher;
    onAuditLog = this::auditLog;
    onElse = request -> HttpResponse.empty(404);
  }

  @Override
  public void close() {
    server.close();
  }

  /** The honest answer to a request for a voucher, in the format of the request. */
  HttpResponse voucher(HttpRequest request) {
    return switch (format(request)) {
      case CMS_JSON -> answer(voucherFor(request).build(), signer);
      case COSE_CBOR -> HttpResponse.ok(MediaType.VOUCHER_COSE,
          VoucherSealer.cose(KeyStyle.sids(SidRevision.newest())).seal(voucherFor(request).build(), signer, TestPki.NOW).bytes());
    };
  }

  private static VoucherFormat format(HttpRequest request) {
    try {
      return request.contentType().flatMap(VoucherFormat::of).orElseThrow();
    } catch (DecodeException e) {
      throw new AssertionError("the registrar's Content-Type cannot be read", e);
    }
  }

  /** What an honest voucher says. */
  Voucher.Builder voucherFor(HttpRequest request) {
    Verified<VoucherRequest> asked = opened(request);
    return Voucher.of(asked.value().serialNumber())
        .assertion(Assertion.PROXIMITY)
        .createdOn(TestPki.NOW)
        .nonce(asked.value().nonce())
        .pinnedDomainCert(Certificates.der(format(request) == VoucherFormat.CMS_JSON ? last(asked.signerChain()) : asked.signer()));
  }

  /** The highest of the registrar's; in COSE the pledge's certificates are behind those. */
  private static X509Certificate last(List<X509Certificate> chain) {
    return chain.get(chain.size() - 1);
  }

  HttpResponse answer(Voucher voucher, Credential by) {
    return answer(VoucherSealer.cms().seal(voucher, by, TestPki.NOW).bytes());
  }

  static HttpResponse answer(Octets voucher) {
    return HttpResponse.ok(MediaType.VOUCHER_CMS_JSON, voucher);
  }

  static Verified<VoucherRequest> opened(HttpRequest request) {
    try {
      return VoucherOpener.request(new VoucherArtifact(format(request), request.body()), List.of());
    } catch (DecodeException | UntrustedException e) {
      throw new AssertionError("the registrar's request cannot be opened", e);
    }
  }

  HttpResponse auditLog(HttpRequest request) {
    Verified<VoucherRequest> asked = opened(request);
    AuditLog.Event event = new AuditLog.Event(TestPki.NOW, Certificates.domainId(asked.signerChain().get(0)),
        asked.value().nonce().map(nonce -> nonce.text()), Optional.of(Assertion.PROXIMITY), 0);
    return HttpResponse.ok(MediaType.JSON, new AuditLog(1, List.of(event), AuditLog.Truncation.NONE).encode());
  }

  static HttpResponse redirect(int status, String location) {
    return new HttpResponse(status, Headers.of(Map.of("location", location)), Octets.empty(), false);
  }


  private HttpResponse noted(HttpRequest request, HttpHandler handler) {
    requests.add(request);
    return handler.handle(request);
  }
}
