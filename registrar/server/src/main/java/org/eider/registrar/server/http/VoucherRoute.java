package org.eider.registrar.server.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.StatusTable;
import org.eider.registrar.VoucherService;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;

/** {@code POST /.well-known/brski/requestvoucher} (RFC 8995 sections 5.2 to 5.6): bodies are binary, both ways. */
record VoucherRoute(VoucherService vouchers) implements HttpHandler {
  @Override
  public HttpResponse handle(HttpRequest request) {
    Optional<VoucherFormat> format = RouteRefusal.contentType(request).flatMap(VoucherFormat::of);
    if (format.isEmpty()) {
      return RouteRefusal.WRONG_MEDIA_TYPE.answer("a voucher request has Content-Type " + known());
    }
    if (!request.accepts(format.get().mediaType())) {
      return RouteRefusal.NO_ACCEPTABLE_FORMAT.answer("a voucher has the format of its request, here " + format.get().mediaType());
    }
    if (request.body().isEmpty()) {
      return RouteRefusal.EMPTY_BODY.answer("the request has no body");
    }
    return vouchers.request(request.session(), new VoucherArtifact(format.get(), request.body()), List.of(format.get()))
        .fold(VoucherRoute::voucher, HttpResponse::retryAfter, StatusTable::refuse);
  }

  private static String known() {
    return Arrays.stream(VoucherFormat.values()).map(each -> each.mediaType().toString()).collect(Collectors.joining(" or "));
  }

  /** The MASA's voucher in the format of the request. */
  private static HttpResponse voucher(VoucherArtifact voucher) {
    return HttpResponse.ok(voucher.format().mediaType(), voucher.bytes());
  }
}
