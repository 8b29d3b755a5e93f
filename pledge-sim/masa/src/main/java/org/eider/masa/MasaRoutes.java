package org.eider.masa;

import java.util.Optional;
import java.util.function.Function;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.Routes;
import org.eider.est.http.StatusTable;
import org.eider.masa.MasaService.Issue;
import org.eider.pki.CmsOpener;
import org.eider.voucher.AuditLog;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;

/** The two operations of a MASA over HTTPS (RFC 8995 sections 5.5, 5.6 and 5.8); bodies are raw octets (section 6). */
final class MasaRoutes {
  private static final String VOUCHER = "/.well-known/brski/requestvoucher";
  private static final String AUDIT_LOG = "/.well-known/brski/requestauditlog";

  private final MasaService service;
  private final Mischief mischief;

  private MasaRoutes(MasaService service, Mischief mischief) {
    this.service = service;
    this.mischief = mischief;
  }

  static Routes of(MasaService service, Mischief mischief) {
    MasaRoutes masa = new MasaRoutes(service, mischief);
    return Routes.builder()
        .on("POST", VOUCHER, CmsOpener.MAX_SIZE, masa::voucher)
        .on("POST", AUDIT_LOG, CmsOpener.MAX_SIZE, masa::auditLog)
        .build();
  }

  private HttpResponse voucher(HttpRequest request) {
    return mischief.answer(() ->
        answer(request, Optional.empty(), artifact -> respond(service.requestVoucher(artifact), MasaRoutes::voucher)));
  }

  private HttpResponse auditLog(HttpRequest request) {
    return answer(request, Optional.of(MediaType.JSON), artifact -> respond(service.requestAuditLog(artifact), MasaRoutes::json));
  }

  private static HttpResponse voucher(Issue issue) {
    return HttpResponse.ok(issue.artifact().format().mediaType(), issue.artifact().bytes())
        .noted(issue.assertion().label() + " serial=" + issue.device().serialNumber());
  }

  private static HttpResponse json(AuditLog log) {
    return HttpResponse.ok(MediaType.JSON, log.encode());
  }

  private static HttpResponse refuse(Refusal refusal) {
    return StatusTable.refuse(refusal).noted(refusal.reason().name(), refusal.detail());
  }

  /** Without {@code offered} the answer has the media type of the request. */
  private static HttpResponse answer(HttpRequest request, Optional<MediaType> offered, Function<VoucherArtifact, HttpResponse> operation) {
    Optional<VoucherFormat> format = format(request);
    if (format.isEmpty()) {
      return HttpResponse.text(415, "the body has to be " + MediaType.VOUCHER_CMS_JSON + " or " + MediaType.VOUCHER_COSE)
          .noted("UNSUPPORTED_FORMAT", "wrong media type");
    }
    MediaType answer = offered.orElse(format.get().mediaType());
    if (!request.accepts(answer)) {
      return HttpResponse.text(406, "the answer is " + answer + ", which the request does not accept")
          .noted("NOT_ACCEPTABLE", "no media type that the request accepts");
    }
    return operation.apply(new VoucherArtifact(format.get(), request.body()));
  }

  private static <T> HttpResponse respond(Outcome<T> outcome, Function<T, HttpResponse> granted) {
    return outcome.fold(granted::apply, HttpResponse::retryAfter, MasaRoutes::refuse);
  }

  private static Optional<VoucherFormat> format(HttpRequest request) {
    try {
      return request.contentType().flatMap(VoucherFormat::of);
    } catch (DecodeException malformed) {
      return Optional.empty();
    }
  }
}
