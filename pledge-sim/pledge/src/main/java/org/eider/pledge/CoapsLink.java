package org.eider.pledge;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.est.ChannelBinding;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCall;
import org.eider.est.coap.CoapCode;
import org.eider.est.coap.CoapsClientConfig;
import org.eider.est.coap.CoapsConnection;
import org.eider.pki.CsrAttributes;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link over CoAP and DTLS: bodies in blocks and as they are, answers that come late waited for (RFC 9148,
 * draft-ietf-anima-constrained-voucher section 6). 5.03 with Max-Age is "later", whatever the reason; there are no redirects.
 */
public final class CoapsLink implements RegistrarLink {
  private static final Logger LOG = LoggerFactory.getLogger(CoapsLink.class);
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(120);
  private static final int MAX_BODY = 128 * 1024;
  /** For a device that has no room for more. */
  private static final int SMALL_BLOCK = 128;
  private static final int SMALL_BODY = 8 * 1024;

  private final CoapsConnection connection;
  private final RegistrarAddress where;
  private final PledgeTime time;
  private final boolean minimal;
  private final boolean vanishing;

  private CoapsLink(CoapsConnection connection, RegistrarAddress where, PledgeTime time, boolean minimal, boolean vanishing) {
    this.connection = connection;
    this.where = where;
    this.time = time;
    this.minimal = minimal;
    this.vanishing = vanishing;
  }

  /**
   * Makes links.
   *
   * @param minimal whether blocks are small, paths short and answers of more than 8 KiB refused
   * @param vanishing whether sessions are left without closing them
   */
  public static Opener opener(PledgeTime time, boolean minimal, boolean vanishing) {
    return opener(time, minimal, vanishing, HANDSHAKE_TIMEOUT);
  }

  /** The same, giving up on who does not answer in another time. */
  static Opener opener(PledgeTime time, boolean minimal, boolean vanishing, Duration handshakeTimeout) {
    return (where, credential, trust) -> {
      CoapsClientConfig standard = CoapsClientConfig.standard(credential, trust);
      CoapsClientConfig config = new CoapsClientConfig(credential, trust, standard.abbreviation(),
          minimal ? SMALL_BLOCK : standard.blockSize(), handshakeTimeout, RESPONSE_TIMEOUT, minimal ? SMALL_BODY : MAX_BODY);
      return new CoapsLink(connect(config, where), where, time, minimal, vanishing);
    };
  }

  private static CoapsConnection connect(CoapsClientConfig config, RegistrarAddress where) throws IOException {
    try {
      return CoapsConnection.open(config, where.host(), where.port());
    } catch (SocketTimeoutException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public List<X509Certificate> serverChain() {
    return connection.serverChain();
  }

  /** None: tls-unique is optional over DTLS (RFC 9148 section 3). */
  @Override
  public Optional<ChannelBinding> binding() {
    return Optional.empty();
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public VoucherReply requestVoucher(RegistrarAddress at, Posting request) throws IOException {
    Optional<ContentFormat> format = ContentFormat.of(request.type());
    CoapCall call = CoapCall.post(Resource.VOUCHER_REQUEST.path(), format.orElse(ContentFormat.TEXT), request.body())
        .accepting(ContentFormat.VOUCHER_COSE);
    CoapAnswer answer = exchange(Resource.VOUCHER_REQUEST, call);
    Optional<Duration> later = answer.retryAfter();
    if (later.isPresent()) {
      return new VoucherReply.Later(later.get());
    }
    if (!answer.code().equals(CoapCode.CHANGED)) {
      return new VoucherReply.Denied(CoapReading.refusal("requestvoucher", answer));
    }
    return answer.is(ContentFormat.VOUCHER_COSE)
        ? new VoucherReply.Issued(new VoucherArtifact(VoucherFormat.COSE_CBOR, answer.payload()))
        : new VoucherReply.Denied(
            new Refusal(PledgeReason.VOUCHER_MALFORMED, "requestvoucher: the answer is in no voucher format that was asked for"));
  }

  @Override
  public boolean voucherStatus(StatusReport report) throws IOException {
    return taken(Resource.VOUCHER_STATUS, report);
  }

  @Override
  public boolean enrolStatus(StatusReport report) throws IOException {
    return taken(Resource.ENROL_STATUS, report);
  }

  /** As a list of certificates, which every constrained registrar has; else as PKCS#7, which every RFC 9148 server has. */
  @Override
  public Outcome<List<X509Certificate>> caCertificates() throws IOException {
    CoapCall call = CoapCall.get(Resource.AUTHORITIES.path());
    CoapAnswer answer = exchange(Resource.AUTHORITIES, call.accepting(ContentFormat.MULTIPART_CORE));
    return answer.code().equals(CoapCode.NOT_ACCEPTABLE)
        ? certificates("cacerts", exchange(Resource.AUTHORITIES, call.accepting(ContentFormat.CERTS_ONLY)), CoapCode.CONTENT)
        : certificates("cacerts", answer, CoapCode.CONTENT);
  }

  @Override
  public Outcome<Optional<CsrAttributes>> csrAttributes() throws IOException {
    CoapAnswer answer = exchange(Resource.ATTRIBUTES, CoapCall.get(Resource.ATTRIBUTES.path()).accepting(ContentFormat.CSR_ATTRS));
    if (answer.code().equals(CoapCode.NOT_FOUND)) {
      return Outcome.granted(Optional.empty());
    }
    return CoapReading.of("csrattrs", answer, CoapCode.CONTENT, ok -> Optional.of(CsrAttributes.parse(ok.payload())));
  }

  @Override
  public Outcome<List<X509Certificate>> enrol(Octets pkcs10) throws IOException {
    return enrol(Resource.ENROLMENT, "simpleenroll", pkcs10);
  }

  @Override
  public Outcome<List<X509Certificate>> reenrol(Octets pkcs10) throws IOException {
    return enrol(Resource.RENEWAL, "simplereenroll", pkcs10);
  }

  @Override
  public void close() {
    if (vanishing) {
      connection.vanish();
    } else {
      connection.close();
    }
  }

  private Outcome<List<X509Certificate>> enrol(Resource resource, String operation, Octets pkcs10) throws IOException {
    CoapAnswer answer =
        exchange(resource, CoapCall.post(resource.path(), ContentFormat.PKCS10, pkcs10).accepting(ContentFormat.PKIX_CERT));
    Optional<Duration> later = answer.retryAfter();
    return later.isPresent() ? Outcome.deferred(later.get()) : certificates(operation, answer, CoapCode.CHANGED);
  }

  private boolean taken(Resource resource, StatusReport report) throws IOException {
    return exchange(resource, CoapCall.post(resource.path(), ContentFormat.CBOR, report.encodeCbor())).code().isSuccess();
  }

  private static Outcome<List<X509Certificate>> certificates(String operation, CoapAnswer answer, CoapCode good) {
    return CoapReading.of(operation, answer, good, CoapReading::certificates);
  }

  /** A small device saves the path, and spells it out for a registrar that does not know the number (4.02). */
  private CoapAnswer exchange(Resource resource, CoapCall call) throws IOException {
    long since = time.nanos().getAsLong();
    CoapAnswer answer = answer(minimal ? call.abbreviated(resource.abbreviation()) : call);
    if (minimal && answer.code().equals(CoapCode.BAD_OPTION)) {
      answer = answer(call);
    }
    LOG.info("{} {}{} {} {} ms", call.method(), where, resource.path(), answer.code(), (time.nanos().getAsLong() - since) / 1_000_000);
    return answer;
  }

  /** Silence is how a registrar that has forgotten the session answers: over a new one it may well speak. */
  private CoapAnswer answer(CoapCall call) throws IOException {
    try {
      return connection.exchange(call);
    } catch (SocketTimeoutException e) {
      connection.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What a registrar serves, by its well-known path and the number that stands for it (draft-ietf-core-uri-path-abbrev). */
  private enum Resource {
    VOUCHER_REQUEST("/.well-known/brski/rv", 402),
    VOUCHER_STATUS("/.well-known/brski/vs", 403),
    ENROL_STATUS("/.well-known/brski/es", 401),
    AUTHORITIES("/.well-known/est/crts", 301),
    ENROLMENT("/.well-known/est/sen", 302),
    RENEWAL("/.well-known/est/sren", 303),
    ATTRIBUTES("/.well-known/est/att", 306);

    private final String path;
    private final int abbreviation;

    Resource(String path, int abbreviation) {
      this.path = path;
      this.abbreviation = abbreviation;
    }

    String path() {
      return path;
    }

    int abbreviation() {
      return abbreviation;
    }
  }
}
