package org.eider.est.http;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.GeneratedKey;
import org.eider.est.Outcome;
import org.eider.pki.CertsOnly;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * EST over HTTPS (RFC 7030 as clarified by RFC 8951): {@code cacerts}, {@code csrattrs}, {@code simpleenroll}, {@code simplereenroll} and
 * {@code serverkeygen} below {@code /.well-known/est}, each also behind one optional label.
 *
 * <p>Bodies are base64 of DER, sent on one line, accepted with white space anywhere; Content-Transfer-Encoding means nothing.
 */
public final class EstRoutes {
  private static final String BASE = "/.well-known/est/";
  /** One segment that is not the name of an operation (RFC 7030 section 3.2.2). */
  private static final String LABEL = "(?!(?:cacerts|csrattrs|simpleenroll|simplereenroll|fullcmc|serverkeygen)/)[A-Za-z0-9._~-]{1,64}/";
  private static final MediaType SERVER_GENERATED_KEY =
      new MediaType("application", "pkcs7-mime", Map.of("smime-type", "server-generated-key"));
  private static final int MAX_REQUEST = 64 * 1024;
  /** An empty SEQUENCE asks for nothing, as no answer does (RFC 7030 section 4.5.2). */
  private static final Octets NO_ATTRIBUTES = Octets.of(new byte[] {0x30, 0x00});

  private EstRoutes() {}

  /** Adds the five operations. */
  public static Routes.Builder addTo(Routes.Builder routes, EstService service) {
    add(routes, "GET", "cacerts", 0, request -> caCertificates(request, service));
    add(routes, "GET", "csrattrs", 0, request -> attributes(request, service));
    add(routes, "POST", "simpleenroll", MAX_REQUEST,
        request -> enroll(request, MediaType.CERTS_ONLY, service::simpleEnroll, EstRoutes::certificate));
    add(routes, "POST", "simplereenroll", MAX_REQUEST,
        request -> enroll(request, MediaType.CERTS_ONLY, service::simpleReenroll, EstRoutes::certificate));
    add(routes, "POST", "serverkeygen", MAX_REQUEST,
        request -> enroll(request, MultipartMixed.TYPE, service::serverKeygen, EstRoutes::keyAndCertificate));
    return routes;
  }

  /** One of the three enrolments. */
  @FunctionalInterface
  private interface Enrolment<T> {
    Outcome<T> of(ClientSession session, Octets pkcs10);
  }

  private static void add(Routes.Builder routes, String method, String operation, int maxBody, HttpHandler handler) {
    routes.on(method, BASE + operation, maxBody, handler);
    routes.matching(method, Pattern.compile(Pattern.quote(BASE) + LABEL + operation), BASE + "{label}/" + operation, maxBody, handler);
  }

  private static HttpResponse caCertificates(HttpRequest request, EstService service) {
    return unacceptable(request, MediaType.PKCS7)
        .orElseGet(() -> HttpResponse.ok(MediaType.PKCS7, base64(CertsOnly.encode(service.caCertificates()))));
  }

  private static HttpResponse attributes(HttpRequest request, EstService service) {
    return unacceptable(request, MediaType.CSR_ATTRS)
        .orElseGet(() -> answer(service.csrAttributes(request.session()), EstRoutes::attributes));
  }

  private static HttpResponse attributes(Octets der) {
    return der.isEmpty() || der.equals(NO_ATTRIBUTES) ? HttpResponse.empty(204) : HttpResponse.ok(MediaType.CSR_ATTRS, base64(der));
  }

  private static <T> HttpResponse enroll(
      HttpRequest request, MediaType offered, Enrolment<T> enrolment, Function<T, HttpResponse> granted) {
    Optional<HttpResponse> refused = wrongType(request).or(() -> unacceptable(request, offered));
    if (refused.isPresent()) {
      return refused.get();
    }
    try {
      Octets pkcs10 = Base64Text.body(request.body(), "request");
      return answer(enrolment.of(request.session(), pkcs10), granted);
    } catch (DecodeException e) {
      return KitRefusal.MALFORMED_BODY.answer(e.getMessage());
    }
  }

  private static HttpResponse certificate(X509Certificate issued) {
    return HttpResponse.ok(MediaType.CERTS_ONLY, base64(CertsOnly.encode(List.of(issued))));
  }

  /** The key before its certificate (RFC 7030 section 4.4.2). */
  private static HttpResponse keyAndCertificate(GeneratedKey generated) {
    MediaType form = switch (generated.form()) {
      case PKCS8 -> MediaType.PKCS8;
      case ENVELOPED -> SERVER_GENERATED_KEY;
    };
    return MultipartMixed.ok(List.of(
        new MultipartMixed.Part(form, generated.key()),
        new MultipartMixed.Part(MediaType.CERTS_ONLY, CertsOnly.encode(List.of(generated.certificate())))));
  }

  private static <T> HttpResponse answer(Outcome<T> outcome, Function<T, HttpResponse> granted) {
    return outcome.fold(granted, HttpResponse::retryAfter, StatusTable::refuse);
  }

  private static Optional<HttpResponse> wrongType(HttpRequest request) {
    String wanted = "the body must be " + MediaType.PKCS10;
    try {
      boolean right = request.contentType().map(type -> type.is(MediaType.PKCS10)).orElse(false);
      return right ? Optional.empty() : Optional.of(KitRefusal.WRONG_MEDIA_TYPE.answer(wanted));
    } catch (DecodeException e) {
      return Optional.of(KitRefusal.WRONG_MEDIA_TYPE.answer(wanted));
    }
  }

  private static Optional<HttpResponse> unacceptable(HttpRequest request, MediaType offered) {
    String only = "only " + offered + " is served here";
    return request.accepts(offered) ? Optional.empty() : Optional.of(KitRefusal.NO_ACCEPTABLE_FORMAT.answer(only));
  }

  private static Octets base64(Octets der) {
    return Octets.utf8(der.base64());
  }
}
