package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.MasaUri;
import org.eider.pki.UntrustedException;
import org.eider.registrar.Fact.AuditLogReceived;
import org.eider.registrar.Fact.VoucherExchange;
import org.eider.voucher.AuditLog;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCheck;
import org.eider.voucher.VoucherFlaw;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.voucher.VoucherVerdict;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Steps 6 to 11 of {@link BrskiVoucherService}: the voucher from the MASA, verified and recorded. Blocks as long as the MASA takes. */
final class VoucherMaker {
  /** How often a voucher is judged when something about its device is decided while that goes on. */
  private static final int MOST_JUDGEMENTS = 3;

  private final ManufacturerStore manufacturers;
  private final MasaClient masaClient;
  private final Supplier<Credential> registrar;
  private final VoucherSealer sealer;
  private final InstantSource clock;
  private final Reception reception;

  VoucherMaker(ManufacturerStore manufacturers, MasaClient masaClient, Supplier<Credential> registrar, VoucherSealer sealer,
      InstantSource clock, Reception reception) {
    this.manufacturers = manufacturers;
    this.masaClient = masaClient;
    this.registrar = registrar;
    this.sealer = sealer;
    this.clock = clock;
    this.reception = reception;
  }

  /** Whether our own key can sign requests in that format. */
  boolean speaks(VoucherFormat format) {
    return switch (format) {
      case CMS_JSON -> true;
      case COSE_CBOR -> CoseSealer.takes(registrar.get().certificate().getPublicKey());
    };
  }

  /** A voucher that may be handed out. */
  MasaErrand.Answer obtain(Exchange exchange, Idevids.Proven pledge, Verified<VoucherRequest> request)
      throws Stopped, MasaPending {
    // 6. Our own request, signed.
    Credential credential = registrar.get();
    VoucherArtifact ours = sealer(exchange, pledge).seal(registrarRequest(pledge, request), credential, clock.instant());
    // 7. The MASA that this manufacturer may name.
    MasaUri masa = MasaLocator.locate(pledge.manufacturer(), pledge.idevid());
    MasaClient.Request question =
        new MasaClient.Request(pledge.manufacturer(), masa, ours, exchange.accepted, exchange.session.id());
    // 8. Its answer.
    VoucherArtifact answer = MasaPending.granted(masaClient.requestVoucher(question));
    // 9. Verified before it is relayed.
    Verified<Voucher> voucher = openVoucher(answer, ours.format(), pledge.manufacturer());
    VoucherArtifact relayed = forPledge(answer);
    X509Certificate pinned = check(voucher, pledge, request.value(), credential);
    // 10. The audit log, or why there is none.
    AuditLogReceived log = auditLog(pledge, question);
    VoucherExchange made = new VoucherExchange(pledge.device(), clock.instant(), exchange.session.id(), exchange.artifact.bytes(),
        ours.bytes(), answer.bytes(), voucher.value().assertion(), Certificates.domainId(pinned));
    AuditEvidence evidence = evidence(log, credential, request.value());
    // 11. Recorded before it is handed out.
    for (int tries = 0; tries < MOST_JUDGEMENTS; tries++) {
      if (reception.isRecorded(exchange, pledge, request.value(), voucher.value(), made, log, evidence)) {
        return new MasaErrand.Answer(relayed, voucher.value().expiresOn(), exchange.session.id());
      }
    }
    throw Stopped.deferred(ComeBack.later(pledge.device()));
  }

  /** Our request has the format of the pledge's (constrained BRSKI section 7.1), and in COSE carries the chains of both of us. */
  private VoucherSealer sealer(Exchange exchange, Idevids.Proven pledge) {
    return switch (exchange.artifact.format()) {
      case CMS_JSON -> sealer;
      case COSE_CBOR -> {
        List<X509Certificate> bag = new ArrayList<>(pledge.chain());
        bag.add(exchange.session.shown());
        yield VoucherSealer.cose(KeyStyle.sids(pledge.manufacturer().sidRevision())).with(bag);
      }
    };
  }

  private static VoucherArtifact forPledge(VoucherArtifact answer) throws Stopped {
    try {
      return answer.forPledge();
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MASA_FAILED, "the MASA's answer is no voucher: " + e.getMessage());
    }
  }

  private static AuditEvidence evidence(AuditLogReceived log, Credential credential, VoucherRequest request) {
    Set<Octets> own = credential.chain().stream().map(Certificates::domainId).collect(Collectors.toSet());
    AuditEvidence stored = AuditEvidence.of(log, own);
    return new AuditEvidence(stored.log(), stored.unavailable(), own, request.nonce());
  }

  /** RFC 8995 section 5.5 and RFC 8366bis section 6.1; never a proximity-registrar-cert. */
  private VoucherRequest registrarRequest(Idevids.Proven pledge, Verified<VoucherRequest> request) {
    return VoucherRequest.of(pledge.device().serialNumber())
        .assertion(request.value().assertion())
        .createdOn(clock.instant().truncatedTo(ChronoUnit.SECONDS))
        .nonce(request.value().nonce())
        .idevidIssuer(Certificates.idevidIssuer(pledge.idevid()))
        .priorSigned(request.artifact().bytes())
        .build();
  }

  private static Verified<Voucher> openVoucher(VoucherArtifact artifact, VoucherFormat wanted, Manufacturer manufacturer) throws Stopped {
    if (artifact.format() != wanted) {
      throw Stopped.refused(VoucherReason.MASA_FAILED, "the MASA answers with " + artifact.format().mediaType() + " instead of " + wanted.mediaType());
    }
    try {
      return VoucherOpener.voucher(artifact, manufacturer.voucherAnchors());
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MASA_FAILED, "the MASA's answer is no voucher: " + e.getMessage());
    } catch (UntrustedException e) {
      throw Stopped.refused(VoucherReason.VOUCHER_UNTRUSTED, "the voucher's signature is not good: " + e.getMessage());
    }
  }

  /** The voucher is the manufacturer's, for this device, this request and this domain, now; which of our certificates it pins, or whose key. */
  private X509Certificate check(Verified<Voucher> voucher, Idevids.Proven pledge, VoucherRequest request, Credential credential)
      throws Stopped {
    VoucherVerdict verdict = VoucherCheck.of(manufacturers.voucherTrust(pledge.manufacturer()), pledge.device().serialNumber())
        .nonce(request.nonce())
        .nonceRequired()
        .idevidIssuer(Certificates.idevidIssuer(pledge.idevid()))
        .at(clock.instant())
        .pinnedAmong(credential.chain())
        .build()
        .judge(voucher);
    return Stopped.granted(verdict.<Outcome<X509Certificate>>fold(accepted -> Outcome.granted(accepted.certificate().orElseThrow()),
        rejected -> Outcome.refused(reason(rejected.flaw()), rejected.detail())));
  }

  private static VoucherReason reason(VoucherFlaw flaw) {
    return switch (flaw) {
      case SIGNER_NOT_TRUSTED, SIGNER_NOT_IN_VALIDITY -> VoucherReason.VOUCHER_UNTRUSTED;
      case WRONG_SERIAL_NUMBER, WRONG_NONCE, NO_NONCE, WRONG_IDEVID_ISSUER, ASSERTION_NOT_ACCEPTABLE, NONCE_AND_EXPIRY, SEVERAL_PINS,
          NOT_YET_VALID, EXPIRED, NO_PIN, MALFORMED_PIN, PIN_NOT_IN_VALIDITY, OUTLIVES_PIN, FOREIGN_PIN -> VoucherReason.VOUCHER_MISMATCH;
    };
  }

  private AuditLogReceived auditLog(Idevids.Proven pledge, MasaClient.Request question) {
    Outcome<Octets> answer = masaClient.requestAuditLog(question);
    Outcome<Octets> log = answer.then(VoucherMaker::anAuditLog);
    Instant now = clock.instant();
    return log.fold(
        body -> new AuditLogReceived(pledge.device(), now, Optional.of(body), Optional.empty()),
        retryAfter -> unavailable(pledge, now, "the MASA asks to come again in " + retryAfter.toSeconds() + " s"),
        refusal -> unavailable(pledge, now, refusal.reason().name() + ": " + refusal.detail()));
  }

  private static Outcome<Octets> anAuditLog(Octets body) {
    try {
      AuditLog.parse(body);
      return Outcome.granted(body);
    } catch (DecodeException e) {
      return Outcome.refused(VoucherReason.MASA_FAILED, "not an audit log: " + e.getMessage());
    }
  }

  private static AuditLogReceived unavailable(Idevids.Proven pledge, Instant at, String why) {
    return new AuditLogReceived(pledge.device(), at, Optional.empty(), Optional.of(why));
  }
}
