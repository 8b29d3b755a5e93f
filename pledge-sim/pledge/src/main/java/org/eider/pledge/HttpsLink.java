package org.eider.pledge;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.est.ChannelBinding;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.http.ClientConfig;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.HttpsConnection;
import org.eider.pki.CertsOnly;
import org.eider.pki.CsrAttributes;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link over HTTPS: BRSKI bodies as they are, EST bodies in base64 (RFC 8995 section 6).
 *
 * <p>Of redirects, 301, 302, 307 and 308 are followed with the same method and body, as RFC 9110 section 15.4 lets a client do that
 * is no browser; 303 makes no sense for any operation and is refused. EST redirects stay within the origin.
 */
public final class HttpsLink implements RegistrarLink {
  private static final Logger LOG = LoggerFactory.getLogger(HttpsLink.class);
  private static final String BRSKI = "/.well-known/brski/";
  private static final String EST = "/.well-known/est/";
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_BODY = 512 * 1024;
  private static final int MAX_HOPS = 4;

  private final HttpsConnection connection;
  private final RegistrarAddress where;
  private final PledgeTime time;

  private HttpsLink(HttpsConnection connection, RegistrarAddress where, PledgeTime time) {
    this.connection = connection;
    this.where = where;
    this.time = time;
  }

  /** Makes links over TLS of these versions, of {@code TLSv1.2} and {@code TLSv1.3}; no server name is sent. */
  public static Opener opener(List<String> protocols, PledgeTime time) {
    return opener(protocols, time, CONNECT_TIMEOUT);
  }

  /** The same, giving up on who does not answer in another time. */
  static Opener opener(List<String> protocols, PledgeTime time, Duration connectTimeout) {
    return (where, credential, trust) -> {
      ClientConfig config =
          new ClientConfig(Optional.of(credential), trust, false, protocols, connectTimeout, RESPONSE_TIMEOUT, MAX_BODY);
      return new HttpsLink(HttpsConnection.open(config, where.host(), where.port()), where, time);
    };
  }

  @Override
  public List<X509Certificate> serverChain() {
    return connection.serverChain();
  }

  @Override
  public Optional<ChannelBinding> binding() {
    return connection.binding();
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public VoucherReply requestVoucher(RegistrarAddress at, Posting request) throws IOException {
    String path = at.voucherPath().orElse(BRSKI + "requestvoucher");
    Headers headers =
        Headers.of(Map.of("content-type", request.type().toString(), "accept", VoucherFormat.CMS_JSON.mediaType().toString()));
    HttpResponse response = exchange("POST", path, headers, request.body());
    try {
      if (response.status() == 200) {
        return voucher(response);
      }
      if (response.status() == 202) {
        return new VoucherReply.Later(retryAfter(response));
      }
      if (HttpAnswer.isRedirect(response)) {
        return new VoucherReply.Elsewhere(HttpAnswer.location(response, at, path));
      }
      return new VoucherReply.Denied(HttpAnswer.refusal("requestvoucher", response));
    } catch (DecodeException e) {
      return new VoucherReply.Denied(HttpAnswer.malformed("requestvoucher", e));
    }
  }

  @Override
  public boolean voucherStatus(StatusReport report) throws IOException {
    return taken(report, "voucher_status");
  }

  @Override
  public boolean enrolStatus(StatusReport report) throws IOException {
    return taken(report, "enrollstatus");
  }

  @Override
  public Outcome<List<X509Certificate>> caCertificates() throws IOException {
    return answer("cacerts", est("GET", "cacerts", Headers.NONE, Octets.empty()), HttpsLink::certificates);
  }

  @Override
  public Outcome<Optional<CsrAttributes>> csrAttributes() throws IOException {
    HttpResponse response = est("GET", "csrattrs", Headers.NONE, Octets.empty());
    if (response.status() == 204 || response.status() == 404) {
      return Outcome.granted(Optional.empty());
    }
    return answer("csrattrs", response,
        ok -> Optional.of(CsrAttributes.parse(Base64Text.body(HttpAnswer.body(ok, MediaType.CSR_ATTRS), "csrattrs"))));
  }

  @Override
  public Outcome<List<X509Certificate>> enrol(Octets pkcs10) throws IOException {
    return enrol("simpleenroll", pkcs10);
  }

  @Override
  public Outcome<List<X509Certificate>> reenrol(Octets pkcs10) throws IOException {
    return enrol("simplereenroll", pkcs10);
  }

  @Override
  public void close() {
    connection.close();
  }

  private Outcome<List<X509Certificate>> enrol(String operation, Octets pkcs10) throws IOException {
    HttpResponse response =
        est("POST", operation, Headers.of(Map.of("content-type", MediaType.PKCS10.toString())), Octets.utf8(pkcs10.base64()));
    return response.status() == 202
        ? Outcome.deferred(retryAfter(response))
        : answer(operation, response, HttpsLink::certificates);
  }

  /** An EST operation, redirected within the origin as often as is reasonable. */
  private HttpResponse est(String method, String operation, Headers headers, Octets body) throws IOException {
    String path = EST + operation;
    HttpResponse response = exchange(method, path, headers, body);
    try {
      for (int hops = 0; hops < MAX_HOPS && HttpAnswer.isRedirect(response); hops++) {
        RegistrarAddress next = HttpAnswer.location(response, where, path);
        if (!next.sameOrigin(where) || next.voucherPath().isEmpty()) {
          return response;
        }
        path = next.voucherPath().get();
        response = exchange(method, path, headers, body);
      }
    } catch (DecodeException unusable) {
      LOG.debug("redirect of {} not followed: {}", operation, unusable.getMessage());
    }
    return response;
  }

  private boolean taken(StatusReport report, String operation) throws IOException {
    Headers headers = Headers.of(Map.of("content-type", MediaType.JSON.toString()));
    return exchange("POST", BRSKI + operation, headers, report.encode()).status() / 100 == 2;
  }

  private HttpResponse exchange(String method, String path, Headers headers, Octets body) throws IOException {
    long since = time.nanos().getAsLong();
    HttpResponse response = connection.exchange(method, path, headers, body);
    LOG.info("{} {}{} {} {} ms", method, where, path, response.status(), (time.nanos().getAsLong() - since) / 1_000_000);
    return response;
  }

  private Duration retryAfter(HttpResponse response) {
    return RetryAfter.parse(response.headers().first("retry-after"), time.clock().instant());
  }

  private static VoucherReply voucher(HttpResponse response) {
    try {
      MediaType type = HttpAnswer.type(response);
      VoucherFormat format = VoucherFormat.of(type)
          .orElseThrow(() -> new DecodeException(Flaw.WRONG_TYPE, "content-type", "no voucher format that was asked for"));
      return new VoucherReply.Issued(new VoucherArtifact(format, response.body()));
    } catch (DecodeException e) {
      return new VoucherReply.Denied(new Refusal(PledgeReason.VOUCHER_MALFORMED, "requestvoucher: " + e.getMessage()));
    }
  }

  private static List<X509Certificate> certificates(HttpResponse response) throws DecodeException {
    List<X509Certificate> certificates = CertsOnly.decode(Base64Text.body(HttpAnswer.body(response, MediaType.PKCS7), "certificates"));
    if (certificates.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, "certificates", "there is none");
    }
    return certificates;
  }

  private static <T> Outcome<T> answer(String operation, HttpResponse response, HttpAnswer.Reading<T> reading) {
    if (response.status() != 200) {
      return Outcome.refused(HttpAnswer.refusal(operation, response));
    }
    try {
      return Outcome.granted(reading.read(response));
    } catch (DecodeException e) {
      return Outcome.refused(HttpAnswer.malformed(operation, e));
    }
  }
}
