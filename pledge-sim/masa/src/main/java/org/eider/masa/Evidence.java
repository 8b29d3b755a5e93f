package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** What a registrar shows of the device it asks about (RFC 8995 sections 5.5.5 and 5.5.6). */
enum Evidence {
  /** A request by the device itself that names this registrar as its TLS peer. */
  PROXIMITY,
  /** A request by the device itself that does not. */
  DEVICE,
  /** An earlier voucher of ours that pins this domain. */
  EARLIER_VOUCHER,
  /** Nothing. */
  NONE;

  /**
   * What was shown, and what it says.
   *
   * @param evidence how much it proves
   * @param pledge the request of the device itself, if that is what was shown
   */
  record Shown(Evidence evidence, Optional<Verified<VoucherRequest>> pledge) {
    private static Shown without(Evidence evidence) {
      return new Shown(evidence, Optional.empty());
    }
  }

  /**
   * Judges prior-signed-voucher-request; refuses what contradicts the registrar's own words.
   *
   * @param idevidAnchors what the IDevIDs made here chain to
   * @param voucherAnchors what the vouchers signed here chain to
   */
  static Shown of(RegistrarRequest request, Device device, TrustAnchors idevidAnchors, TrustAnchors voucherAnchors, Instant now)
      throws Refused {
    Optional<Octets> prior = request.leaves().priorSigned();
    if (prior.isEmpty()) {
      return Shown.without(NONE);
    }
    VoucherArtifact artifact = new VoucherArtifact(request.format(), prior.get());
    try {
      return ofPledge(VoucherOpener.request(artifact, idevidsOf(device, request)), request, device, idevidAnchors, now);
    } catch (DecodeException notARequest) {
      return Shown.without(ofVoucher(artifact, notARequest, request, device, voucherAnchors, now));
    } catch (UntrustedException e) {
      throw new Refused(MasaReason.PRIOR_UNTRUSTED, "the pledge's request is not accepted: " + e.getMessage());
    }
  }

  private static Shown ofPledge(
      Verified<VoucherRequest> pledge, RegistrarRequest registrar, Device device, TrustAnchors anchors, Instant now)
      throws Refused, UntrustedException {
    String serial = device.id().serialNumber();
    if (!pledge.value().serialNumber().equals(serial)) {
      throw new Refused(MasaReason.SERIAL_MISMATCH, "the pledge's request is about another device than the registrar's");
    }
    requireSameNonce(pledge.value().nonce(), registrar.leaves().nonce());
    X509Certificate idevid = pledge.signer();
    anchors.validate(chainOf(pledge, registrar), now);
    if (!SerialNumberProfile.SUBJECT_SERIAL_NUMBER.serialNumber(idevid).equals(Optional.of(serial))
        || !Certificates.sameIdevidIssuer(Certificates.idevidIssuer(idevid), device.id().issuer())) {
      throw new Refused(MasaReason.SERIAL_MISMATCH, "the pledge's request is signed by another device than it is about");
    }
    return new Shown(sawRegistrar(pledge.value(), registrar.domain()) ? PROXIMITY : DEVICE, Optional.of(pledge));
  }

  /** An announced mechanism other than proximity is none that this MASA can check. */
  private static boolean sawRegistrar(VoucherRequest pledge, DomainChain domain) {
    if (pledge.assertion().isPresent() && pledge.assertion().get() != Assertion.PROXIMITY) {
      return false;
    }
    return pledge.proximityRegistrarCert().flatMap(Evidence::keyOf)
        .or(() -> pledge.proximityRegistrarKey().map(Octets::sha256))
        .or(pledge::proximityRegistrarKeySha256)
        .filter(domain::hasKey)
        .isPresent();
  }

  private static Optional<Octets> keyOf(Octets certificate) {
    try {
      return Optional.of(Certificates.spkiSha256(Certificates.parse(certificate).getPublicKey()));
    } catch (DecodeException notACertificate) {
      return Optional.empty();
    }
  }

  private static Evidence ofVoucher(
      VoucherArtifact artifact, DecodeException notARequest, RegistrarRequest registrar, Device device, TrustAnchors anchors, Instant now)
      throws Refused {
    Verified<Voucher> voucher;
    try {
      voucher = VoucherOpener.voucher(artifact, anchors.certificates());
      anchors.validate(voucher.signerChain(), voucher.signingTime().orElse(now));
    } catch (DecodeException notAVoucherEither) {
      throw new Refused(MasaReason.PRIOR_MALFORMED, "prior-signed-voucher-request: " + notARequest.getMessage());
    } catch (UntrustedException e) {
      throw new Refused(MasaReason.PRIOR_UNTRUSTED, "the earlier voucher is not accepted: " + e.getMessage());
    }
    if (!voucher.value().serialNumber().equals(device.id().serialNumber())) {
      throw new Refused(MasaReason.SERIAL_MISMATCH, "the earlier voucher is about another device");
    }
    if (registrar.leaves().nonce().isPresent()) {
      requireSameNonce(voucher.value().nonce(), registrar.leaves().nonce());
    }
    if (pinnedKey(voucher.value()).filter(registrar.domain()::hasKey).isEmpty()) {
      throw new Refused(MasaReason.RENEWAL_REFUSED, "the earlier voucher pins another domain");
    }
    return EARLIER_VOUCHER;
  }

  private static void requireSameNonce(Optional<Nonce> prior, Optional<Nonce> registrar) throws Refused {
    boolean same = prior.isPresent() && registrar.isPresent() ? prior.get().matches(registrar.get()) : prior.isEmpty() && registrar.isEmpty();
    if (!same) {
      throw new Refused(MasaReason.NONCE_MISMATCH, "the registrar's request and the one inside it have different nonces");
    }
  }

  private static Optional<Octets> pinnedKey(Voucher voucher) {
    return voucher.pinnedDomainCert().flatMap(Evidence::keyOf).or(() -> voucher.pinnedDomainKey().map(Octets::sha256))
        .or(voucher::pinnedDomainKeySha256);
  }

  /** The IDevID that we made last, and those that the registrar has seen: a device may have several. */
  private static List<X509Certificate> idevidsOf(Device device, RegistrarRequest request) {
    List<X509Certificate> idevids = new ArrayList<>();
    try {
      idevids.add(Certificates.parse(device.idevid()));
    } catch (DecodeException e) {
      throw new IllegalStateException("the inventory holds certificates", e);
    }
    idevids.addAll(request.speakingFor(device.id().serialNumber()));
    return idevids;
  }

  /** The signer, and whatever may lead up from it: of its own message, or of the bag of the registrar's. */
  private static List<X509Certificate> chainOf(Verified<VoucherRequest> pledge, RegistrarRequest registrar) {
    return Stream.concat(pledge.signerChain().stream(), registrar.signed().signerChain().stream())
        .distinct().limit(TrustAnchors.MAX_CHAIN).toList();
  }
}
