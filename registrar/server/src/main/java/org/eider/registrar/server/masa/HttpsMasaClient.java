package org.eider.registrar.server.masa;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eider.est.Outcome;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CmsOpener;
import org.eider.pki.Credential;
import org.eider.pki.MasaUri;
import org.eider.pki.UntrustedException;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.MasaClient;
import org.eider.registrar.MasaLocator;
import org.eider.registrar.VoucherReason;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.voucher.AuditLog;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * Talks to MASAs over HTTPS: server name sent and checked against subjectAltName (RFC 9525), the manufacturer's own anchors, the
 * registrar's certificate when the MASA asks for one. At most one redirect is followed, to https and a host that the manufacturer allows.
 */
public final class HttpsMasaClient implements MasaClient, AutoCloseable {
  private final MasaPools pools;

  /**
   * A client.
   *
   * @param registrar the registrar's current credential
   */
  public HttpsMasaClient(Supplier<Credential> registrar, RegistrarConfig.Masa limits, InstantSource clock) {
    this.pools = new MasaPools(registrar, limits, clock);
  }

  @Override
  public Outcome<VoucherArtifact> requestVoucher(Manufacturer manufacturer, MasaUri masa, VoucherArtifact registrarRequest) {
    VoucherFormat format = registrarRequest.format();
    Call call = new Call(manufacturer, "POST", masa.operation("requestvoucher"),
        headers(format.mediaType(), format.mediaType()), registrarRequest.bytes());
    return exchange(call, true)
        .then(answer -> body(answer, format.mediaType(), CmsOpener.MAX_SIZE))
        .then(body -> Outcome.granted(new VoucherArtifact(format, body)));
  }

  @Override
  public Outcome<Octets> requestAuditLog(Manufacturer manufacturer, MasaUri masa, VoucherArtifact registrarRequest) {
    Call call = new Call(manufacturer, "POST", masa.operation("requestauditlog"),
        headers(registrarRequest.format().mediaType(), MediaType.JSON), registrarRequest.bytes());
    return exchange(call, true)
        .then(answer -> answer.status() == 201 ? created(call, answer) : Outcome.granted(answer))
        .then(answer -> body(answer, MediaType.JSON, AuditLog.MAX_SIZE));
  }

  @Override
  public void close() {
    pools.close();
  }

  /** One request of one manufacturer's MASA. */
  private record Call(Manufacturer manufacturer, String method, URI uri, Headers headers, Octets body) {
    Call to(URI other) {
      return new Call(manufacturer, method, other, headers, body);
    }

    Call fetching(URI other) {
      return new Call(manufacturer, "GET", other, Headers.of(Map.of("accept", MediaType.JSON.toString())), Octets.empty());
    }
  }

  private static Headers headers(MediaType sent, MediaType wanted) {
    return Headers.of(Map.of("content-type", sent.toString(), "accept", wanted.toString()));
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
      default -> answer.status() >= 400 && answer.status() < 500
          ? refused(VoucherReason.MASA_REFUSED, "the MASA refuses with " + answer.status(), answer)
          : refused(VoucherReason.MASA_FAILED, "the MASA answers with " + answer.status(), answer);
    };
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

  private static Outcome<Octets> body(HttpResponse answer, MediaType wanted, int limit) {
    Optional<MediaType> type = answer.headers().first("content-type").flatMap(HttpsMasaClient::mediaType);
    if (type.filter(wanted::is).isEmpty()) {
      String what = type.map(other -> PeerText.clean(other.type() + "/" + other.subtype())).orElse("no media type");
      return refused(VoucherReason.MASA_FAILED, "the MASA answers with " + what + " instead of " + wanted);
    }
    if (answer.body().isEmpty()) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's answer is empty");
    }
    if (answer.body().size() > limit) {
      return refused(VoucherReason.MASA_FAILED, "the MASA's answer is longer than " + limit + " octets");
    }
    return Outcome.granted(answer.body());
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
    boolean explains = answer.headers().first("content-type").flatMap(HttpsMasaClient::mediaType).filter(MediaType.TEXT::is).isPresent();
    String explanation = explains ? PeerText.clean(beginning(answer.body()).utf8()) : "";
    return Outcome.refused(reason, explanation.isEmpty() ? detail : detail + ": " + explanation);
  }

  private static Octets beginning(Octets body) {
    return body.slice(0, Math.min(body.size(), 4 * PeerText.LONGEST));
  }
}
