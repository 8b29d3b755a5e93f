package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eider.est.Outcome;
import org.eider.masa.Inventory.Result;
import org.eider.masa.Inventory.View;
import org.eider.masa.JournalEntry.Granted;
import org.eider.masa.MasaPolicy.Pin;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;

/**
 * Decides on voucher requests and audit-log requests (RFC 8995 sections 5.5, 5.6 and 5.8). Every voucher stands in the journal
 * before it is handed out; one that is asked for twice stands there twice. Blocking, safe for many threads, no transport.
 */
public final class MasaService {
  private final Inventory inventory;
  private final MasaPolicy policy;
  private final MasaKeys keys;
  private final VoucherSealer sealer;
  private final Mischief mischief;
  private final InstantSource clock;
  private final TrustAnchors idevidAnchors;
  private final TrustAnchors voucherAnchors;
  private final TrustAnchors knownRegistrars;

  /**
   * A service.
   *
   * @param sealer how vouchers in CMS are encoded
   * @param mischief what it does wrong on purpose; {@link Mischief#NONE} for nothing
   */
  public MasaService(Inventory inventory, MasaPolicy policy, MasaKeys keys, VoucherSealer sealer, Mischief mischief, InstantSource clock) {
    this.inventory = inventory;
    this.policy = policy;
    this.keys = keys;
    this.sealer = sealer;
    this.mischief = mischief;
    this.clock = clock;
    this.idevidAnchors = TrustAnchors.of(List.of(keys.idevidCa()));
    this.voucherAnchors = TrustAnchors.of(List.of(keys.voucherCa()));
    this.knownRegistrars = TrustAnchors.of(policy.knownRegistrars());
  }

  /**
   * A voucher that was given out.
   *
   * @param artifact the signed voucher
   * @param device which device it is for
   * @param assertion what it asserts
   */
  public record Issue(VoucherArtifact artifact, DeviceId device, Assertion assertion) {}

  /** Answers a registrar's voucher-request with a voucher, or refuses with a {@link MasaReason}. */
  public Outcome<Issue> requestVoucher(VoucherArtifact artifact) {
    try {
      return Outcome.granted(voucher(artifact, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    } catch (Refused e) {
      return Outcome.refused(e.refusal());
    }
  }

  /** Answers a registrar's voucher-request with the device's audit log, if the registrar's domain ever owned the device. */
  public Outcome<AuditLog> requestAuditLog(VoucherArtifact artifact) {
    try {
      RegistrarRequest request = RegistrarRequest.open(artifact, clock.instant());
      VoucherHistory history = device(request.leaves(), inventory.withSerial(request.leaves().serialNumber())).history();
      if (history.owners().stream().noneMatch(request.domain()::hasKey)) {
        throw new Refused(MasaReason.NEVER_AN_OWNER, "this domain never owned such a device");
      }
      return Outcome.granted(history.auditLog());
    } catch (Refused e) {
      return Outcome.refused(e.refusal());
    }
  }

  /** The order of RFC 8995 section 5.5: signature, chain, usage; device; what the pledge said; ownership; journal; signature. */
  private Issue voucher(VoucherArtifact artifact, Instant now) throws Refused {
    RegistrarRequest request = RegistrarRequest.open(artifact, now);
    request.requireFresh(now, policy.maxAge());
    Device known = device(request.leaves(), inventory.withSerial(request.leaves().serialNumber()));
    Evidence.Shown shown = Evidence.of(request, known, idevidAnchors, voucherAnchors, now);
    boolean registrarKnown = request.leaves().nonce().isEmpty() && isKnown(request.domain(), now);
    Pinning pinning = Pinning.of(shown.pledge().map(Verified::value));
    // The device belongs to the domain, also where its voucher pins the key of one registrar: another one of the domain is no stranger.
    X509Certificate owner = request.domain().pin(request.leaves().nonce().isPresent() ? policy.pin() : Pin.HIGHEST_CA);

    Granted granted = inventory.change(view -> grant(view, known.id(), request, shown.evidence(), registrarKnown, owner, now));
    Voucher honest = describe(granted, request, pinning, pinning.certificate(request.domain(), owner), now);
    VoucherArtifact sealed = mischief.seal(mischief.alter(honest), sealer(request, shown), keys.voucherSigner(), now);
    return new Issue(sealed, granted.device(), granted.assertion());
  }

  /**
   * A voucher has the format of its request, and in COSE names its members as the device itself does, or else the registrar. Devices made
   * here know the CA of vouchers and not their signer, whose certificate goes where no registrar takes it out.
   */
  private VoucherSealer sealer(RegistrarRequest request, Evidence.Shown shown) {
    return switch (request.format()) {
      case CMS_JSON -> sealer;
      case COSE_CBOR -> VoucherSealer.cose(shown.pledge().flatMap(Verified::keyStyle).or(request.signed()::keyStyle).orElseThrow())
          .withProtectedChain();
    };
  }

  private static Device device(VoucherRequest request, List<Device> sameSerial) throws Refused {
    List<Device> named = sameSerial.stream()
        .filter(device -> request.idevidIssuer().map(issuer -> Certificates.sameIdevidIssuer(issuer, device.id().issuer())).orElse(true))
        .toList();
    if (named.isEmpty()) {
      throw new Refused(MasaReason.UNKNOWN_DEVICE, "no such device was made here");
    }
    if (named.size() > 1) {
      throw new Refused(MasaReason.AMBIGUOUS_SERIAL, "several devices have this serial number: idevid-issuer is needed");
    }
    return named.get(0);
  }

  private Result<Granted> grant(View view, DeviceId id, RegistrarRequest request, Evidence evidence, boolean registrarKnown,
      X509Certificate domain, Instant now) throws Refused {
    Optional<Owner> owner = view.device(id).flatMap(Device::owner);
    boolean owned = owner.filter(present -> request.domain().hasKey(present.keySha256())).isPresent();
    if (policy.oneOwner() && owner.isPresent() && !owned) {
      throw new Refused(MasaReason.CLAIMED_BY_OTHER, "the device belongs to another domain until that releases it");
    }
    if (request.leaves().nonce().isEmpty()) {
      requireNoncelessAllowed(owned || registrarKnown);
    }
    Assertion assertion = assertion(evidence, owned, owned && owner.get().isEstablished(), request.leaves().nonce().isEmpty());
    Granted granted = new Granted(now, id, Certificates.domainId(domain), Certificates.spkiSha256(domain.getPublicKey()),
        request.leaves().nonce().map(Nonce::text), assertion);
    return new Result<>(granted, Optional.of(granted));
  }

  private void requireNoncelessAllowed(boolean known) throws Refused {
    if (!policy.allowNonceless()) {
      throw new Refused(MasaReason.NONCELESS_REFUSED, "this MASA gives no vouchers without nonce");
    }
    if (!known) {
      throw new Refused(MasaReason.REGISTRAR_UNKNOWN, "vouchers without nonce are for registrars that are known here");
    }
  }

  private Assertion assertion(Evidence evidence, boolean owned, boolean established, boolean nonceless) throws Refused {
    Assertion otherwise = established ? Assertion.VERIFIED : Assertion.LOGGED;
    switch (evidence) {
      case PROXIMITY:
        return Assertion.PROXIMITY;
      case DEVICE:
        if (!established && !policy.allowLogged()) {
          throw new Refused(MasaReason.NO_PROXIMITY, "the pledge did not see this registrar, and its domain is not known to own the device");
        }
        return otherwise;
      case EARLIER_VOUCHER:
        if (!owned) {
          throw new Refused(MasaReason.RENEWAL_REFUSED, "the domain of the earlier voucher no longer owns the device");
        }
        return otherwise;
      case NONE:
        if (!nonceless && !policy.allowLogged()) {
          throw new Refused(MasaReason.PRIOR_MISSING, "prior-signed-voucher-request is needed");
        }
        return otherwise;
    }
    throw new IllegalStateException("no evidence is left out: " + evidence);
  }

  private boolean isKnown(DomainChain domain, Instant now) {
    try {
      knownRegistrars.validate(domain.path(), now);
      return true;
    } catch (UntrustedException notConfigured) {
      return false;
    }
  }

  private Voucher describe(Granted granted, RegistrarRequest request, Pinning pinning, X509Certificate pinned, Instant now) {
    Voucher.Builder voucher = Voucher.of(granted.device().serialNumber())
        .assertion(granted.assertion())
        .createdOn(now)
        .nonce(request.leaves().nonce());
    pinning.pin(voucher, pinned);
    if (request.leaves().nonce().isEmpty()) {
      voucher.expiresOn(earlier(now.plus(policy.noncelessLifetime()), request.domain().notAfter()));
    }
    if (inventory.withSerial(granted.device().serialNumber()).size() > 1) {
      voucher.idevidIssuer(granted.device().issuer());
    }
    return voucher.build();
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
