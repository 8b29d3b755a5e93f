package org.eider.pledge;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.pki.Credential;
import org.eider.pki.CsrAttributes;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.voucher.StatusReport;

/**
 * Renewal or rekeying (RFC 7030 section 4.2.2): authenticated with the certificate that is to be replaced, by a registrar that is
 * authenticated with the domain's anchors; subject and subjectAltName stay as they are.
 */
final class Reenrolment {
  private static final String SUBJECT_ALT_NAME = "2.5.29.17";

  private final ReenrolConfig config;
  private final StepLog steps;
  private final Enrolment enrolment;

  Reenrolment(ReenrolConfig config, RegistrarLink.Opener opener, StepLog steps, Progress progress) {
    this.config = config;
    this.steps = steps;
    this.enrolment = new Enrolment(config.asPledge(), opener, steps, progress);
  }

  Belongings run() throws SetbackException {
    Credential current = config.current().ldevid();
    DomainCertificates known = new DomainCertificates(config.current().caCertificates());
    DomainTrust trust = new DomainTrust(known.anchors(), config.time(), Optional.empty());
    Dialect dialect = Dialect.of(config.registrar());
    Credential renewed;
    DomainCertificates domain;
    try (Line line = enrolment.connect("connect", config.registrar(), current, trust)) {
      Optional<DomainCertificates> fetched = dialect.authoritiesFirst() ? Optional.of(authorities(line, known)) : Optional.empty();
      Optional<CsrAttributes> wanted = dialect.asksAttributes() ? enrolment.csrAttributes(line) : Optional.empty();
      KeyPair key = config.newKey() ? enrolment.newKey(wanted) : new KeyPair(current.certificate().getPublicKey(), current.key());
      CsrMaker maker = new CsrMaker(subject(current.certificate()), key, extensions(wanted, current.certificate()), Mischief.NONE);
      List<X509Certificate> answer = enrolment.request(line, "simplereenroll", RegistrarLink::reenrol, maker);
      Optional<DomainCertificates> enough =
          fetched.or(() -> known.haveIssued(answer, config.time()) ? Optional.of(known) : Optional.empty());
      domain = enough.isPresent() ? enough.get() : authorities(line, known);
      renewed = accepted(line, dialect, () -> requireSameSubject(current, enrolment.credential(key, answer, domain)));
    }
    enrolment.connect("reconnect", config.registrar(), renewed, new DomainTrust(domain.anchors(), config.time(), Optional.empty())).close();
    return new Belongings(config.current().voucher(), renewed, domain.all());
  }

  private DomainCertificates authorities(Line line, DomainCertificates known) throws SetbackException {
    return steps.step("cacerts",
        () -> known.succeededBy(new DomainCertificates(Answers.now(line.exchange(RegistrarLink::caCertificates), "/cacerts"))));
  }

  /** A constrained pledge tells why it keeps what it has (draft-ietf-anima-constrained-voucher section 6.7.4). */
  private Credential accepted(Line line, Dialect dialect, StepLog.Work<Credential> check) throws SetbackException {
    try {
      return steps.step("ldevid", check);
    } catch (SetbackException e) {
      if (dialect.reportsRenewals()) {
        StatusReport failure = StatusReport.failure(e.reason().telemetry());
        steps.telemetry("enrollstatus", () -> line.exchange(link -> link.enrolStatus(failure)));
      }
      throw e;
    }
  }

  private static Credential requireSameSubject(Credential current, Credential renewed) throws SetbackException {
    if (!renewed.certificate().getSubjectX500Principal().equals(current.certificate().getSubjectX500Principal())) {
      throw new SetbackException(PledgeReason.LDEVID_UNUSABLE, "the renewed certificate has another subject");
    }
    return renewed;
  }

  private static X500Name subject(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  /** What the registrar wants, with the subjectAltName as it stands in the present certificate. */
  private static List<Extension> extensions(Optional<CsrAttributes> wanted, X509Certificate present) {
    List<Extension> extensions = new ArrayList<>(Enrolment.extensions(wanted));
    extensions.removeIf(extension -> extension.getExtnId().getId().equals(SUBJECT_ALT_NAME));
    byte[] names = present.getExtensionValue(SUBJECT_ALT_NAME);
    if (names != null) {
      extensions.add(new Extension(new ASN1ObjectIdentifier(SUBJECT_ALT_NAME),
          present.getCriticalExtensionOIDs().contains(SUBJECT_ALT_NAME), ASN1OctetString.getInstance(names)));
    }
    return extensions;
  }
}
