package org.eider.est.coap;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.GeneratedKey;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.wire.ContentFormat;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;

/**
 * EST over secure CoAP (RFC 9148, with what draft-ietf-anima-constrained-voucher section 6.5 adds): {@code crts}, {@code sen},
 * {@code sren}, {@code att}, {@code skg} and {@code skc} below {@code /.well-known/est}, there also behind one optional label, and below
 * {@code /e}; each under its long name too. Payloads are DER, never base64.
 */
public final class EstResources {
  private static final String WELL_KNOWN = "/.well-known/est/";
  private static final String SHORT_ROOT = "/e/";
  private static final String NAMES = "crts|cacerts|sen|simpleenroll|sren|simplereenroll|att|csrattrs|skg|serverkeygen|skc|fullcmc";
  /** One segment that is not the name of an operation (RFC 7030 section 3.2.2). */
  private static final String LABEL = "(?!(?:" + NAMES + ")/)[A-Za-z0-9._~-]{1,64}/";
  private static final int MAX_REQUEST = 8 * 1024;
  private static final int ETAG = 8;
  /** An empty SEQUENCE asks for nothing, as no answer does (RFC 7030 section 4.5.2). */
  private static final Octets NO_ATTRIBUTES = Octets.of(new byte[] {0x30, 0x00});

  private final EstService service;
  private final ContentFormat usual;

  private EstResources(EstService service, ContentFormat usual) {
    this.service = service;
    this.usual = usual;
  }

  /** Adds the operations; who does not ask for a format gets PKCS#7 (RFC 9148 section 4.3). */
  public static CoapRoutes.Builder addTo(CoapRoutes.Builder routes, EstService service) {
    return addTo(routes, service, ContentFormat.CERTS_ONLY);
  }

  /**
   * Adds the operations.
   *
   * @param usual what somebody gets who does not ask for a format of certificates: {@link ContentFormat#CERTS_ONLY} as RFC 9148 section
   *     4.3 says, or {@link ContentFormat#PKIX_CERT}, which for several CA certificates is {@link ContentFormat#MULTIPART_CORE}
   */
  public static CoapRoutes.Builder addTo(CoapRoutes.Builder routes, EstService service, ContentFormat usual) {
    if (usual != ContentFormat.CERTS_ONLY && usual != ContentFormat.PKIX_CERT) {
      throw new IllegalArgumentException("certificates come as PKCS#7 or bare, not as " + usual);
    }
    EstResources est = new EstResources(service, usual);
    ContentFormat certs = ContentFormat.CERTS_ONLY;
    ContentFormat bare = ContentFormat.PKIX_CERT;
    ContentFormat several = ContentFormat.MULTIPART_CORE;
    add(routes, "GET", "crts", "cacerts", 301, est::caCertificates, several, certs, bare);
    add(routes, "POST", "sen", "simpleenroll", 302, request -> est.enroll(request, service::simpleEnroll), certs, bare);
    add(routes, "POST", "sren", "simplereenroll", 303, request -> est.enroll(request, service::simpleReenroll), certs, bare);
    add(routes, "POST", "skg", "serverkeygen", 304, request -> est.generate(request, certs), several);
    add(routes, "POST", "skc", "skc", 305, request -> est.generate(request, bare), several);
    add(routes, "GET", "att", "csrattrs", 306, est::attributes, ContentFormat.CSR_ATTRS);
    return routes;
  }

  /** One of the two enrolments. */
  @FunctionalInterface
  private interface Enrolment {
    Outcome<X509Certificate> of(ClientSession session, Octets pkcs10);
  }

  private static void add(CoapRoutes.Builder routes, String method, String name, String longName, int number, CoapHandler handler,
      ContentFormat... formats) {
    int maxBody = method.equals("POST") ? MAX_REQUEST : 0;
    for (String either : name.equals(longName) ? List.of(name) : List.of(name, longName)) {
      routes.on(method, WELL_KNOWN + either, maxBody, handler);
      routes.on(method, SHORT_ROOT + either, maxBody, handler);
      routes.matching(method, Pattern.compile(Pattern.quote(WELL_KNOWN) + LABEL + either), WELL_KNOWN + "{label}/" + either, maxBody,
          handler);
    }
    routes.abbreviated(number, WELL_KNOWN + name);
    routes.link(SHORT_ROOT + name, "ace.est." + name, formats);
  }

  private CoapAnswer caCertificates(CoapRequest request) {
    List<X509Certificate> certificates = service.caCertificates();
    if (request.accept().isEmpty()) {
      boolean bare = usual == ContentFormat.PKIX_CERT;
      return cached(request, bare && certificates.size() > 1 ? ContentFormat.MULTIPART_CORE : usual, certificates);
    }
    if (request.accepts(ContentFormat.MULTIPART_CORE)) {
      return cached(request, ContentFormat.MULTIPART_CORE, certificates);
    }
    if (request.accepts(ContentFormat.CERTS_ONLY)) {
      return cached(request, ContentFormat.CERTS_ONLY, certificates);
    }
    if (request.accepts(ContentFormat.PKIX_CERT) && certificates.size() == 1) {
      return cached(request, ContentFormat.PKIX_CERT, certificates);
    }
    return unacceptable(certificates.size() == 1 ? "formats 62, 281 and 287 are served here" : "formats 62 and 281 are served here");
  }

  /** 2.05 with an ETag, or 2.03 where the client has what it would get (RFC 7252 section 5.10.6.2). */
  private static CoapAnswer cached(CoapRequest request, ContentFormat format, List<X509Certificate> certificates) {
    Octets body = encode(format, certificates);
    Octets etag = body.sha256().slice(0, ETAG);
    return request.etags().contains(etag)
        ? CoapAnswer.empty(CoapCode.VALID).withEtag(etag) : CoapAnswer.content(format, body).withEtag(etag);
  }

  private static Octets encode(ContentFormat format, List<X509Certificate> certificates) {
    if (format == ContentFormat.PKIX_CERT) {
      return Certificates.der(certificates.get(0));
    }
    return format == ContentFormat.CERTS_ONLY ? CertsOnly.encode(certificates) : new MultipartCore(certificates.stream()
        .map(certificate -> MultipartCore.Part.of(ContentFormat.PKIX_CERT, Certificates.der(certificate))).toList()).encode();
  }

  private CoapAnswer attributes(CoapRequest request) {
    return request.accepts(ContentFormat.CSR_ATTRS)
        ? answer(service.csrAttributes(request.session()), EstResources::attributes) : unacceptable("only format 285 is served here");
  }

  /** Nothing that is asked for is 4.04 (RFC 9148 section 4.5). */
  private static CoapAnswer attributes(Octets der) {
    return der.isEmpty() || der.equals(NO_ATTRIBUTES)
        ? CoapAnswer.diagnostic(CoapCode.NOT_FOUND, "no attributes are asked for") : CoapAnswer.content(ContentFormat.CSR_ATTRS, der);
  }

  private CoapAnswer enroll(CoapRequest request, Enrolment enrolment) {
    ContentFormat format = request.accept().isEmpty() ? usual
        : request.accepts(ContentFormat.PKIX_CERT) ? ContentFormat.PKIX_CERT : ContentFormat.CERTS_ONLY;
    return wrongFormat(request)
        .or(() -> request.accepts(format) ? Optional.empty() : Optional.of(unacceptable("formats 281 and 287 are served here")))
        .orElseGet(() -> answer(enrolment.of(request.session(), request.payload()),
            issued -> CoapAnswer.changed(format, encode(format, List.of(issued)))));
  }

  private CoapAnswer generate(CoapRequest request, ContentFormat ofCertificate) {
    return wrongFormat(request)
        .or(() -> request.accepts(ContentFormat.MULTIPART_CORE) ? Optional.empty()
            : Optional.of(unacceptable("only format 62 is served here")))
        .orElseGet(() -> answer(service.serverKeygen(request.session(), request.payload()), made -> keyAndCertificate(made, ofCertificate)));
  }

  private static CoapAnswer keyAndCertificate(GeneratedKey made, ContentFormat ofCertificate) {
    ContentFormat ofKey = switch (made.form()) {
      case PKCS8 -> ContentFormat.PKCS8;
      case ENVELOPED -> ContentFormat.SERVER_GENERATED_KEY;
    };
    return CoapAnswer.changed(ContentFormat.MULTIPART_CORE, new MultipartCore(List.of(
        MultipartCore.Part.of(ofKey, made.key()),
        MultipartCore.Part.of(ofCertificate, encode(ofCertificate, List.of(made.certificate()))))).encode());
  }

  private static <T> CoapAnswer answer(Outcome<T> outcome, Function<T, CoapAnswer> granted) {
    return outcome.fold(granted, CodeTable::deferred, CodeTable::refuse);
  }

  private static Optional<CoapAnswer> wrongFormat(CoapRequest request) {
    return request.is(ContentFormat.PKCS10) ? Optional.empty()
        : Optional.of(KitRefusal.WRONG_CONTENT_FORMAT.answer("the payload must be of format 286"));
  }

  private static CoapAnswer unacceptable(String served) {
    return KitRefusal.NO_ACCEPTABLE_FORMAT.answer(served);
  }
}
