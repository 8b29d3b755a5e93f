package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.UntrustedException;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.DecodeException;

/**
 * A registrar's voucher-request that comes from a registrar: signature, chain and extended key usage have been checked (RFC 8995
 * sections 5.5.2 to 5.5.4). Which device it is about, and what is allowed, is not.
 *
 * @param leaves what it asks
 * @param domain the registrar's path to its temporary anchor
 * @param signed all of it
 */
record RegistrarRequest(VoucherRequest leaves, DomainChain domain, Verified<VoucherRequest> signed) {
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  static RegistrarRequest open(VoucherArtifact artifact, Instant now) throws Refused {
    Verified<VoucherRequest> request = verified(artifact);
    DomainChain domain = chain(request, now);
    if (!Certificates.hasExtendedKeyUsage(domain.registrar(), Certificates.CMC_RA)) {
      throw new Refused(MasaReason.NO_REGISTRAR, "the signer's certificate lacks the extended key usage id-kp-cmcRA");
    }
    requireNonceLength(request.value().nonce());
    return new RegistrarRequest(request.value(), domain, request);
  }

  /** Refuses what is too old, from another day to come, or expired by its own word. */
  void requireFresh(Instant now, Duration maxAge) throws Refused {
    Optional<Instant> created = leaves.createdOn();
    if (created.isPresent() && (created.get().isBefore(now.minus(maxAge)) || created.get().isAfter(now.plus(CLOCK_SKEW)))) {
      throw new Refused(MasaReason.STALE, "the request was created on " + created.get() + ", and it is " + now + " here");
    }
    if (leaves.expiresOn().isPresent() && !leaves.expiresOn().get().isAfter(now)) {
      throw new Refused(MasaReason.STALE, "the request expired on " + leaves.expiresOn().get());
    }
  }

  /** The format of everything inside it, and of the answer. */
  VoucherFormat format() {
    return signed.artifact().format();
  }

  /**
   * The certificates that came with it and speak for the device of that serial number. In COSE two chains without relation to each other
   * lie in one bag: the registrar's is told by who signed, the device's by this.
   */
  List<X509Certificate> speakingFor(String serialNumber) {
    return signed.signerChain().stream().skip(1)
        .filter(each -> SerialNumberProfile.SUBJECT_SERIAL_NUMBER.serialNumber(each).equals(Optional.of(serialNumber)))
        .toList();
  }

  private static Verified<VoucherRequest> verified(VoucherArtifact artifact) throws Refused {
    try {
      return VoucherOpener.request(artifact, List.of());
    } catch (DecodeException e) {
      throw new Refused(MasaReason.MALFORMED_REQUEST, "no voucher request: " + e.getMessage());
    } catch (UntrustedException e) {
      throw new Refused(MasaReason.BAD_SIGNATURE, "the request's signature is not accepted: " + e.getMessage());
    }
  }

  private static DomainChain chain(Verified<VoucherRequest> request, Instant now) throws Refused {
    try {
      return DomainChain.of(request.signerChain(), now);
    } catch (UntrustedException e) {
      throw new Refused(MasaReason.BAD_CHAIN, "the certificates of the request do not form a valid chain: " + e.getMessage());
    }
  }

  private static void requireNonceLength(Optional<Nonce> nonce) throws Refused {
    if (nonce.isPresent() && (nonce.get().octets().size() < Nonce.MIN_SIZE || nonce.get().octets().size() > Nonce.MAX_SIZE)) {
      throw new Refused(MasaReason.MALFORMED_REQUEST, "a nonce has " + Nonce.MIN_SIZE + " to " + Nonce.MAX_SIZE + " octets");
    }
  }
}
