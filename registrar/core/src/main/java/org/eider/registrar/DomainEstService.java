package org.eider.registrar;

import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.est.ClientSession;
import org.eider.est.EstService;
import org.eider.est.GeneratedKey;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Csr;
import org.eider.pki.CsrAttributes;
import org.eider.pki.LdevidTemplate;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enrolment of devices that this registrar gave a voucher to, and renewal of its own LDevIDs (RFC 8995 section 5.9, RFC 7030).
 *
 * <p>Nothing of a request reaches the certificate but its public key, and not even that where {@link ServerKeys} make one: subject,
 * subjectAltName, usages and validity come from the profile, and at renewal subject and subjectAltName from the certificate that is
 * renewed. A refusal that is news ({@link Repeats}) is recorded in the history of a device that is known already, never changes its
 * state, and creates nothing for a device that is not.
 */
public final class DomainEstService implements EstService {
  private static final Logger LOG = LoggerFactory.getLogger(DomainEstService.class);
  /** How far validity begins in the past, for devices whose clocks are behind. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  /** How often an enrolment is judged when something about its device is decided while that goes on; then it comes back. */
  private static final int MOST_JUDGEMENTS = 3;
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Idevids idevids;
  private final Ldevids ldevids;
  private final DeviceLedger ledger;
  private final Cases cases;
  private final Repeats repeats;
  private final LdevidIssuer issuer;
  private final EnrolmentProfile profile;
  private final LdevidNames names;
  private final CsrRules rules;
  private final boolean requireChannelBinding;
  private final ServerKeys serverKeys;
  private final InstantSource clock;

  /** A service that makes no keys for devices. */
  public DomainEstService(ManufacturerStore manufacturers, DeviceLedger ledger, CertificateLedger certificates, LdevidIssuer issuer,
      EnrolmentProfile profile, boolean requireChannelBinding, InstantSource clock) {
    this(manufacturers, ledger, certificates, issuer, profile, requireChannelBinding, ServerKeys.none(), clock);
  }

  /**
   * A service.
   *
   * @param certificates where {@code issuer} records what it issues
   * @param serverKeys who makes keys for devices that ask for one
   * @param requireChannelBinding whether requests without a challengePassword are refused (RFC 7030 section 3.5)
   * @throws IllegalArgumentException when the profile's templates are no names
   */
  public DomainEstService(ManufacturerStore manufacturers, DeviceLedger ledger, CertificateLedger certificates, LdevidIssuer issuer,
      EnrolmentProfile profile, boolean requireChannelBinding, ServerKeys serverKeys, InstantSource clock) {
    this.idevids = new Idevids(manufacturers);
    this.ldevids = new Ldevids(certificates);
    this.ledger = ledger;
    this.cases = new Cases(ledger, manufacturers, clock);
    this.repeats = new Repeats(ledger);
    this.issuer = issuer;
    this.profile = profile;
    this.names = new LdevidNames(profile);
    this.rules = new CsrRules(profile, requireChannelBinding);
    this.requireChannelBinding = requireChannelBinding;
    this.serverKeys = serverKeys;
    this.clock = clock;
  }

  @Override
  public List<X509Certificate> caCertificates() {
    return issuer.chain();
  }

  @Override
  public Outcome<Octets> csrAttributes(ClientSession session) {
    Optional<Extensions> extensions = profile.extendedKeyUsages().isEmpty()
        ? Optional.empty()
        : Optional.of(new Extensions(CertificateMaker.extendedKeyUsage(profile.extendedKeyUsages())));
    return Outcome.granted(CsrAttributes.of(profile.preferredKeyType(), extensions, requireChannelBinding).encode());
  }

  @Override
  public Outcome<X509Certificate> simpleEnroll(ClientSession session, Octets pkcs10) {
    return answer(session, pkcs10, false, this::ownKey);
  }

  @Override
  public Outcome<X509Certificate> simpleReenroll(ClientSession session, Octets pkcs10) {
    return answer(session, pkcs10, true, this::ownKey);
  }

  @Override
  public Outcome<GeneratedKey> serverKeygen(ClientSession session, Octets pkcs10) {
    try {
      ServerKeys.Errand errand = serverKeys.errand(session);
      return answer(session, pkcs10, false, errand).then(certificate -> Outcome.granted(errand.handOut(certificate)));
    } catch (Stopped off) {
      Outcome<GeneratedKey> refused = off.outcome();
      new ExchangeLine(session).end(refused);
      return refused;
    }
  }

  /** Who asks: a device by its IDevID, or by the LDevID that it wants renewed. */
  private record Applicant(DeviceId device, Optional<X509Certificate> renewed) {}

  /** Whom a certificate is to name. */
  private record Named(X500Name subject, Optional<Extension> subjectAltName) {}

  private Outcome<X509Certificate> answer(ClientSession session, Octets pkcs10, boolean renewalOnly, CertifiedKey keys) {
    ExchangeLine line = new ExchangeLine(session);
    Outcome<X509Certificate> outcome;
    try {
      Applicant applicant = applicant(session, renewalOnly);
      line.device(applicant.device());
      outcome = enrol(session, applicant, pkcs10, keys);
      outcome.fold(certificate -> {
        line.note("ldevid", certificate.getSerialNumber());
        return true;
      }, retryAfter -> false, refusal -> false);
    } catch (Stopped stopped) {
      outcome = stopped.outcome();
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("session {}: the store failed; no certificate is handed out: {}", session.id(), e.getMessage());
      outcome = Outcome.refused(EnrolReason.of(e));
    }
    line.end(outcome);
    return outcome;
  }

  private Applicant applicant(ClientSession session, boolean renewalOnly) throws Stopped {
    X509Certificate client = session.client().orElseThrow(
        () -> Stopped.refused(EnrolReason.NO_CLIENT_CERTIFICATE, "enrolment needs a client certificate, the IDevID or an LDevID"));
    Optional<Ldevids.Proven> ldevid = ldevids.identify(client, clock.instant());
    if (ldevid.isPresent()) {
      return new Applicant(ldevid.get().device(), Optional.of(client));
    }
    if (renewalOnly) {
      throw Stopped.refused(EnrolReason.NOT_OUR_LDEVID, "the client's certificate is not a valid LDevID of this domain");
    }
    return new Applicant(byIdevid(session), Optional.empty());
  }

  private DeviceId byIdevid(ClientSession session) throws Stopped {
    try {
      return idevids.identify(session.clientChain(), clock.instant()).device();
    } catch (Stopped unknown) {
      throw Stopped.refused(EnrolReason.UNKNOWN_CLIENT, unknown.getMessage());
    }
  }

  private Outcome<X509Certificate> enrol(ClientSession session, Applicant applicant, Octets pkcs10, CertifiedKey keys) {
    try {
      return Outcome.granted(certificate(session, applicant, pkcs10, keys));
    } catch (Stopped stopped) {
      stopped.refusal().filter(refusal -> ledger.device(applicant.device()).isPresent())
          .flatMap(refusal -> repeats.news(refused(session, applicant, refusal)))
          .ifPresent(event -> ledger.append(List.of(event)));
      return stopped.outcome();
    }
  }

  private X509Certificate certificate(ClientSession session, Applicant applicant, Octets pkcs10, CertifiedKey keys) throws Stopped {
    for (int tries = 0; tries < MOST_JUDGEMENTS; tries++) {
      Optional<X509Certificate> recorded = recorded(session, applicant, pkcs10, keys);
      if (recorded.isPresent()) {
        return recorded.get();
      }
    }
    throw Stopped.deferred(SOON);
  }

  /** The certificate, recorded; empty when something was decided about its device while it was made. */
  private Optional<X509Certificate> recorded(ClientSession session, Applicant applicant, Octets pkcs10, CertifiedKey keys)
      throws Stopped {
    // 1. The device holds a voucher of ours, by the certificate that it shows now, and nobody has denied it since.
    Device device = device(session, applicant);
    checkNotDenied(device);
    // 2. The request is sound, and of this session. The key comes last: one that is made here costs too much to be made in vain.
    Csr csr = CsrRules.parse(pkcs10);
    rules.checkChannelBinding(csr, session);
    Named named = applicant.renewed().isPresent()
        ? unchanged(csr, applicant.renewed().get())
        : new Named(names.subject(device.id()), subjectAltName(device.id()));
    PublicKey key = keys.of(csr, idevid(device, session));
    // 3. What is to be certified.
    LdevidTemplate template = template(key, named);
    // 4. Issued, and recorded with the device before it is handed out.
    return issue(template, device, certificate -> List.of(enrolled(session, applicant, device, certificate, keys.remark())));
  }

  /** The key that the request proves to have. */
  private PublicKey ownKey(Csr csr, X509Certificate idevid) throws Stopped {
    PublicKey key = rules.key(csr);
    CsrRules.checkNotIdevidKey(key, idevid);
    return key;
  }

  private Device device(ClientSession session, Applicant applicant) throws Stopped {
    Device device = ledger.device(applicant.device()).filter(known -> known.state().mayEnrol())
        .orElseThrow(() -> Stopped.refused(EnrolReason.NO_VOUCHER, "no voucher was issued to this device, or it did not accept it"));
    boolean sameIdevid = device.idevid().equals(session.client().map(Certificates::der));
    if (applicant.renewed().isEmpty() && !sameIdevid) {
      throw Stopped.refused(EnrolReason.NO_VOUCHER, "the voucher of this device was issued to another IDevID");
    }
    return device;
  }

  /** What let it in may have ended; what keeps it out counts at once, whatever it has got before. */
  private void checkNotDenied(Device device) throws Stopped {
    Verdict verdict = Rules.judge(cases.of(device.id(), Optional.of(device), Case.Purpose.CERTIFICATE));
    if (verdict.disposition() != Disposition.ACCEPT) {
      throw Stopped.refused(EnrolReason.of(verdict.rule()), verdict.told());
    }
  }

  /** The very one that the client shows, if it does. */
  private static X509Certificate idevid(Device device, ClientSession session) {
    Octets recorded = device.idevid().orElseThrow();
    Optional<X509Certificate> shown = session.client().filter(client -> Certificates.der(client).equals(recorded));
    try {
      return shown.isPresent() ? shown.get() : Certificates.parse(recorded);
    } catch (DecodeException e) {
      throw new IllegalStateException("the ledger holds an IDevID that is no certificate: " + device.id(), e);
    }
  }

  private static Named unchanged(Csr csr, X509Certificate current) throws Stopped {
    Named named = new Named(X500Name.getInstance(current.getSubjectX500Principal().getEncoded()), subjectAltName(current));
    CsrRules.checkUnchanged(csr, named.subject(), named.subjectAltName());
    return named;
  }

  private LdevidTemplate template(PublicKey key, Named named) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    int usage = KeyUsage.digitalSignature | (key.getAlgorithm().equals("RSA") ? KeyUsage.keyEncipherment : 0);
    List<Extension> extensions = new ArrayList<>(List.of(CertificateMaker.keyUsage(usage)));
    if (!profile.extendedKeyUsages().isEmpty()) {
      extensions.add(CertificateMaker.extendedKeyUsage(profile.extendedKeyUsages()));
    }
    named.subjectAltName().ifPresent(extensions::add);
    return new LdevidTemplate(named.subject(), key, now.minus(CLOCK_SKEW), now.plus(profile.lifetime()), extensions);
  }

  private static Optional<Extension> subjectAltName(X509Certificate current) {
    return Optional.ofNullable(current.getExtensionValue(Extension.subjectAlternativeName.getId()))
        .map(value -> new Extension(Extension.subjectAlternativeName, false, ASN1OctetString.getInstance(value).getOctets()));
  }

  private Optional<Extension> subjectAltName(DeviceId device) {
    List<String> dnsNames = names.dnsNames(device);
    return dnsNames.isEmpty() ? Optional.empty() : Optional.of(CertificateMaker.subjectAltName(dnsNames, List.of()));
  }

  private Optional<X509Certificate> issue(LdevidTemplate template, Device device, Function<X509Certificate, List<? extends Fact>> facts)
      throws Stopped {
    try {
      return issuer.issue(template, device.id(), Cases.stillAs(Optional.of(device)), facts);
    } catch (IOException e) {
      if (e.getCause() instanceof StoreException failed) {
        throw failed;
      }
      LOG.error("{}: the CA could not issue an LDevID: {}", device.id(), e.getMessage());
      throw Stopped.refused(EnrolReason.ISSUER_FAILED, "the CA could not issue a certificate");
    }
  }

  private DeviceEvent enrolled(ClientSession session, Applicant applicant, Device device, X509Certificate certificate, String remark) {
    boolean renewal = applicant.renewed().isPresent();
    // A device in operation stays so while it renews.
    Optional<DeviceState> state = renewal && device.state() == DeviceState.OPERATIONAL ? Optional.empty() : Optional.of(DeviceState.ENROLLED);
    return new DeviceEvent(device.id(), clock.instant(), renewal ? DeviceEvent.Kind.REENROLLED : DeviceEvent.Kind.ENROLLED, state,
        session.id(), Optional.empty(), "LDevID " + Certificates.subject(certificate) + " until " + certificate.getNotAfter().toInstant() + remark,
        Optional.empty(), Optional.of(certificate.getSerialNumber()));
  }

  private DeviceEvent refused(ClientSession session, Applicant applicant, Refusal refusal) {
    return new DeviceEvent(applicant.device(), clock.instant(), DeviceEvent.Kind.ENROLMENT_REFUSED, Optional.empty(), session.id(),
        Optional.of(refusal.reason().name()), refusal.detail(), Optional.empty(), Optional.empty());
  }
}
