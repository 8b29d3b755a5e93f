package org.eider.registrar.server.masa;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eider.est.Outcome;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.UnusableResponseException;
import org.eider.pki.CmsOpener;
import org.eider.pki.Credential;
import org.eider.pki.MasaUri;
import org.eider.pki.UntrustedException;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.MasaClient;
import org.eider.registrar.MasaLocator;
import org.eider.registrar.VoucherReason;
import org.eider.registrar.server.config.MasaSettings;
import org.eider.voucher.AuditLog;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to MASAs over HTTPS: server name sent and checked against subjectAltName (RFC 9525), the manufacturer's own anchors, the
 * registrar's certificate when the MASA asks for one. At most one redirect is followed, to https and a host that the manufacturer allows.
 */
public final class HttpsMasaClient implements MasaClient, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpsMasaClient.class);
  private static final String SESSION = "x-eider-session";

  private final MasaPools pools;

  /**
   * A client.
   *
   * @param registrar the registrar's current credential
   */
  public HttpsMasaClient(Supplier<Credential> registrar, MasaSettings limits, InstantSource clock) {
    this.pools = new MasaPools(registrar, limits, clock);
  }

  @Override
  public Outcome<VoucherArtifact> requestVoucher(Request request) {
    List<MediaType> wanted = request.accepted().stream().map(VoucherFormat::mediaType).toList();
    Call call = post(request, "requestvoucher", wanted);
    return logged(call, exchange(call, true).then(answer -> voucher(answer, wanted)));
  }

  @Override
  public Outcome<Octets> requestAuditLog(Request request) {
    Call call = post(request, "requestauditlog", List.of(MediaType.JSON));
    return logged(call, exchange(call, true)
        .then(answer -> answer.status() == 201 ? created(call, answer) : Outcome.granted(answer))
        .then(answer -> body(answer, List.of(MediaType.JSON), AuditLog.MAX_SIZE)));
  }

  @Override
  public void close() {
    pools.close();
  }

  /** One request of one manufacturer's MASA. */
  private record Call(Manufacturer manufacturer, String session, String method, URI uri, Headers headers, Octets body) {
    Call to(URI other) {
      return new Call(manufacturer, session, method, other, headers, body);
    }

    Call fetching(URI other) {
      return new Call(manufacturer, session, "GET", other, asking(session, List.of(MediaType.JSON)), Octets.empty());
    }
  }

  private static Call post(Request request, String operation, List<MediaType> wanted) {
    VoucherArtifact body = request.request();
    Headers headers = asking(request.session(), wanted).with("content-type", body.format().mediaType().toString());
    return new Call(request.manufacturer(), request.session(), "POST", request.masa().operation(operation), headers, body.bytes());
  }

  /** What every request says: what is wanted, and the session that it is about, for whoever compares logs. */
  private static Headers asking(String session, List<MediaType> wanted) {
    return Headers.of(Map.of(SESSION, session, "accept", wanted.stream().map(MediaType::toString).collect(Collectors.joining(", "))));
  }

  private static <T> Outcome<T> logged(Call call, Outcome<T> outcome) {
    LOG.atDebug()
        .addKeyValue("session", call.session())
        .addKeyValue("manufacturer", call.manufacturer().name())
        .addKeyValue("uri", call.uri())
        .addKeyValue("outcome", outcome.<String>fold(granted -> "granted", later -> "come again in " + later.toSeconds() + " s",
            refusal -> refusal.reason().name() + ": " + refusal.detail()))
        .log("MASA");
    return outcome;
  }

  private static Outcome<VoucherArtifact> voucher(HttpResponse answer, List<MediaType> wanted) {
    return body(answer, wanted, CmsOpener.MAX_SIZE).then(body -> Outcome.granted(new VoucherArtifact(
        contentType(answer).flatMap(VoucherFormat::of).orElseThrow(), body)));
  }

  private Outcome<HttpResponse> exchange(Call call, boolean mayRedirect) {
    HttpResponse answer;
    try {
      answer = pools.of(call.manufacturer()).exchange(call.method(), call.uri(), call.headers(), call.body());
    } catch (IOException e) {
      return failed(e);
    }
    return switch (answer.status()) {
      case 200, 201 -> Outcome.granted(answer);
      case 202 -> Outcome.deferred(RetryAfter.of(answer));
      case 301, 302, 307, 308 -> mayRedirect
          ? redirected(call, answer)
          : refused(VoucherReason.MASA_FAILED, "the MASA redirects more than once");
      case 404 -> refused(VoucherReason.MASA_UNKNOWN_DEVICE, "the MASA does not know this device", answer);
      case 408, 425, 429 -> unavailable(answer);
      default -> answer.status() >= 500 && answer.status() < 600 ? unavailable(answer) : unwilling(answer);
    };
  }

  /** What may be better in a while. */
  private static Outcome<HttpResponse> unavailable(HttpResponse answer) {
    return answer.headers().first("retry-after").isPresent()
        ? Outcome.deferred(RetryAfter.of(answer))
        : refused(VoucherReason.MASA_UNAVAILABLE, "the MASA answers with " + answer.status(), answer);
  }

  private static Outcome<HttpResponse> unwilling(HttpResponse answer) {
    return answer.status() >= 400 && answer.status() < 500
        ? refused(VoucherReason.MASA_REFUSED, "the MASA refuses with " + answer.status(), answer)
        : refused(VoucherReason.MASA_FAILED, "the MASA answers with " + answer.status(), answer);
  }

  private Outcome<HttpResponse> redirected(Call call, HttpResponse answer) {
    return target(call, answer).then(uri -> exchange(call.to(uri), false));
  }

  /** 201 with Location: the audit log is fetched from there (RFC 8995 section 5.8). */
  private Outcome<HttpResponse> created(Call call, HttpResponse answer) {
    return target(call, answer).then(uri -> exchange(call.fetching(uri), false));
  }

  /** Where a Location points: https, without user information, and a host that this manufacturer may name. */
  private static Outcome<URI> target(Call call, HttpResponse answer) {
    String location = answer.headers().first("location").orElse("");
    URI uri;
    try {
      uri = call.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's Location is no URI");
    }
    if (location.isEmpty() || !"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getUserInfo() != null) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's Location is missing or no plain https address");
    }
    return mayGoTo(call, uri)
        ? Outcome.granted(uri)
        : refused(VoucherReason.MASA_FAILED, "the MASA redirects to a host that its manufacturer does not allow");
  }

  private static boolean mayGoTo(Call call, URI uri) {
    if (uri.getRawAuthority().equalsIgnoreCase(call.uri().getRawAuthority())) {
      return true;
    }
    try {
      return MasaLocator.allows(call.manufacturer(), MasaUri.parse(uri.getRawAuthority()));
    } catch (DecodeException e) {
      return false;
    }
  }

  private static Outcome<Octets> body(HttpResponse answer, List<MediaType> wanted, int limit) {
    Optional<MediaType> type = contentType(answer);
    if (type.filter(sent -> wanted.stream().anyMatch(sent::is)).isEmpty()) {
      String what = type.map(other -> PeerText.clean(other.type() + "/" + other.subtype())).orElse("no media type");
      return refused(VoucherReason.MASA_FAILED, "the MASA answers with " + what + " instead of " + wanted.get(0));
    }
    if (answer.body().isEmpty()) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's answer is empty");
    }
    if (answer.body().size() > limit) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's answer is longer than " + limit + " octets");
    }
    return Outcome.granted(answer.body());
  }

  private static Optional<MediaType> contentType(HttpResponse answer) {
    return answer.headers().first("content-type").flatMap(HttpsMasaClient::mediaType);
  }

  private static Optional<MediaType> mediaType(String text) {
    try {
      return Optional.of(MediaType.parse(text));
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private static <T> Outcome<T> failed(IOException e) {
    if (e.getCause() instanceof UntrustedException untrusted) {
      return refused(VoucherReason.MASA_UNTRUSTED, "the MASA's TLS certificate is not to be trusted: " + untrusted.getMessage());
    }
    if (e instanceof UnusableResponseException) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's answer is of no use: " + PeerText.clean(String.valueOf(e.getMessage())));
    }
    if (e instanceof SocketTimeoutException) {
      return refused(VoucherReason.MASA_TIMEOUT, "the MASA does not answer in time");
    }
    return refused(VoucherReason.MASA_UNREACHABLE, "the MASA is not to be reached: " + PeerText.clean(String.valueOf(e.getMessage())));
  }

  private static <T> Outcome<T> refused(VoucherReason reason, String detail) {
    return Outcome.refused(reason, detail);
  }

  /** With the MASA's own explanation, when it is one in plain text. */
  private static <T> Outcome<T> refused(VoucherReason reason, String detail, HttpResponse answer) {
    boolean explains = contentType(answer).filter(MediaType.TEXT::is).isPresent();
    String explanation = explains ? PeerText.clean(beginning(answer.body()).utf8()) : "";
    return Outcome.refused(reason, explanation.isEmpty() ? detail : detail + ": " + explanation);
  }

  private static Octets beginning(Octets body) {
    return body.slice(0, Math.min(body.size(), 4 * PeerText.LONGEST));
  }
}
