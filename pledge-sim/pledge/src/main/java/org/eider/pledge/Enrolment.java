package org.eider.pledge;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.CsrAttributes;
import org.eider.pki.UntrustedException;
import org.eider.pledge.PledgeState.Enrolled;
import org.eider.pledge.PledgeState.Imprinted;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;

/** From the imprint to the LDevID: EST on the connection that the voucher has vouched for (RFC 8995 section 5.9). */
final class Enrolment {
  /** Sends a certification request one way or the other. */
  @FunctionalInterface
  interface Sending {
    Outcome<List<X509Certificate>> send(RegistrarLink link, Octets pkcs10) throws IOException;
  }

  private static final int CONNECTS = 3;

  private final PledgeConfig config;
  private final RegistrarLink.Opener opener;
  private final StepLog steps;
  private final Progress progress;

  Enrolment(PledgeConfig config, RegistrarLink.Opener opener, StepLog steps, Progress progress) {
    this.config = config;
    this.opener = opener;
    this.steps = steps;
    this.progress = progress;
  }

  /** The whole of it. A setback leaves telemetry to the caller. */
  Enrolled enrol(Line line, Imprinted imprinted) throws SetbackException {
    Dialect dialect = Dialect.of(imprinted.before().registrar());
    Optional<DomainCertificates> fetched = dialect.authoritiesFirst() ? Optional.of(authorities(line, imprinted)) : Optional.empty();
    Optional<CsrAttributes> wanted = dialect.asksAttributes() ? csrAttributes(line) : Optional.empty();
    KeyPair key = newKey(wanted);
    CsrMaker maker = maker(dialect, imprinted.device(), key, extensions(wanted));
    List<X509Certificate> answer = request(line, "simpleenroll", RegistrarLink::enrol, maker);
    Optional<DomainCertificates> known = fetched.or(() -> imprinted.domainOf(answer, config.time()));
    DomainCertificates domain = known.isPresent() ? known.get() : authorities(line, imprinted);
    Credential ldevid = steps.step("ldevid", () -> credential(key, answer, domain));
    DomainCertificates kept = config.minimal() ? domain.neededBy(ldevid.certificate(), answer, config.time()) : domain;
    greet(imprinted, ldevid, kept);
    return imprinted.enrolled(ldevid, kept.all());
  }

  private DomainCertificates authorities(Line line, Imprinted imprinted) throws SetbackException {
    return steps.step("cacerts", () -> {
      DomainCertificates answered = new DomainCertificates(Answers.now(line.exchange(RegistrarLink::caCertificates), "/cacerts"));
      answered.requireRelated(imprinted.pinned(), imprinted.before().shown(), config.time());
      return answered;
    });
  }

  /** Mischief: asks for a certificate in the provisional state. A registrar that refuses makes this a setback. */
  void enrolUnasked(Line line, Dialect dialect) throws SetbackException {
    request(line, "simpleenroll", RegistrarLink::enrol, maker(dialect, config.device(), newKey(Optional.empty()), List.of()));
  }

  /** What the registrar wants in the request. */
  Optional<CsrAttributes> csrAttributes(Line line) throws SetbackException {
    return steps.step("csrattrs", () -> Answers.now(line.exchange(RegistrarLink::csrAttributes), "/csrattrs"));
  }

  /** A key of the type that the registrar wants, else of the configured one. */
  KeyPair newKey(Optional<CsrAttributes> wanted) throws SetbackException {
    return steps.step("key",
        () -> config.mischief().key(wanted.flatMap(CsrAttributes::keyType).orElse(config.keyType()), config.random()));
  }

  /** The extensions that the registrar wants, bit for bit. */
  static List<Extension> extensions(Optional<CsrAttributes> wanted) {
    return wanted.flatMap(CsrAttributes::extensions).map(Enrolment::list).orElse(List.of());
  }

  /** Sends the request until it is decided. */
  List<X509Certificate> request(Line line, String name, Sending sending, CsrMaker maker) throws SetbackException {
    return steps.step(name, () -> {
      Patience patience = new Patience(config.time(), progress, config.patience());
      while (true) {
        Outcome<List<X509Certificate>> outcome = line.exchange(link -> sending.send(link, maker.request(link.binding())));
        if (outcome instanceof Outcome.Deferred<List<X509Certificate>> deferred) {
          patience.await(deferred.retryAfter(), "the certificate");
        } else {
          return Answers.now(outcome, name);
        }
      }
    });
  }

  /** Our certificate among those of the answer, checked, with the chain to send in handshakes. */
  Credential credential(KeyPair key, List<X509Certificate> answer, DomainCertificates domain) throws SetbackException {
    Octets ours = Certificates.spkiSha256(key.getPublic());
    X509Certificate ldevid = answer.stream()
        .filter(certificate -> Certificates.spkiSha256(certificate.getPublicKey()).matches(ours))
        .findFirst()
        .orElseThrow(() -> new SetbackException(PledgeReason.LDEVID_UNUSABLE, "no certificate of the answer is for the new key"));
    List<X509Certificate> path = domain.requireIssued(ldevid, answer, config.time());
    return new Credential(key.getPrivate(), path.size() > 1 ? path.subList(0, path.size() - 1) : path);
  }

  /** Connects with an LDevID to a registrar that has to belong to the domain. */
  Line connect(String name, RegistrarAddress where, Credential ldevid, DomainTrust trust) throws SetbackException {
    return steps.step(name, () -> {
      for (int left = CONNECTS - 1; ; left--) {
        try {
          return Line.open(opener, where, ldevid, trust);
        } catch (IOException e) {
          if (e.getCause() instanceof UntrustedException || left == 0) {
            throw new SetbackException(isUnreachable(e) ? PledgeReason.UNREACHABLE : PledgeReason.LDEVID_NOT_TAKEN, "no connection with the LDevID: " + e.getMessage(), e);
          }
          Patience.sleep(config.time(), Duration.ofSeconds(1));
        }
      }
    });
  }

  /** A registrar or proxy that has gone in between says nothing of the certificate: it is worth another attempt. */
  private static boolean isUnreachable(IOException failure) {
    return Stream.of(failure, failure.getCause()).anyMatch(each -> each instanceof ConnectException || each instanceof SocketTimeoutException);
  }

  private void greet(Imprinted imprinted, Credential ldevid, DomainCertificates domain) throws SetbackException {
    X509Certificate vouchedFor = imprinted.before().shown().get(0);
    DomainTrust trust = new DomainTrust(domain.anchors(), config.time(), Optional.of(vouchedFor));
    try (Line line = connect("reconnect", imprinted.before().registrar(), ldevid, trust)) {
      steps.telemetry("enrollstatus", () -> line.exchange(link -> link.enrolStatus(StatusReport.success())));
    }
  }

  private CsrMaker maker(Dialect dialect, DeviceIdentity device, KeyPair key, List<Extension> extensions) {
    return new CsrMaker(
        dialect.subject(device.idevid().certificate(), device.serialNumber()), key, extensions, config.mischief());
  }

  private static List<Extension> list(Extensions extensions) {
    return Arrays.stream(extensions.getExtensionOIDs()).map(extensions::getExtension).toList();
  }
}
