package org.eider.masa;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;

/**
 * What a pledge and a registrar ask a MASA: by itself a right request for a nonced voucher with proximity; a test bends the part
 * that it is about.
 */
record Ask(
    Credential idevid,
    Credential seen,
    Credential registrar,
    Optional<Nonce> nonce,
    UnaryOperator<VoucherRequest.Builder> pledge,
    UnaryOperator<VoucherRequest.Builder> registrars,
    Optional<Octets> prior) {
  private static final SecureRandom RANDOM = new SecureRandom();

  static Ask of(Credential idevid, Credential registrar) {
    return new Ask(idevid, registrar, registrar, Optional.of(freshNonce()), same -> same, same -> same, Optional.empty());
  }

  static Nonce freshNonce() {
    byte[] octets = new byte[16];
    RANDOM.nextBytes(octets);
    return Nonce.of(Octets.of(octets));
  }

  /** The pledge has seen another registrar. */
  Ask seeing(Credential other) {
    return new Ask(idevid, other, registrar, nonce, pledge, registrars, prior);
  }

  Ask nonce(Optional<Nonce> other) {
    return new Ask(idevid, seen, registrar, other, pledge, registrars, prior);
  }

  /** Changes the pledge's request. */
  Ask pledge(UnaryOperator<VoucherRequest.Builder> change) {
    return new Ask(idevid, seen, registrar, nonce, change, registrars, prior);
  }

  /** Changes the registrar's request. */
  Ask registrars(UnaryOperator<VoucherRequest.Builder> change) {
    return new Ask(idevid, seen, registrar, nonce, pledge, change, prior);
  }

  /** Puts something else where the pledge's request stands; empty octets for nothing at all. */
  Ask prior(Octets other) {
    return new Ask(idevid, seen, registrar, nonce, pledge, registrars, Optional.of(other));
  }

  /** The pledge's signed request. */
  VoucherArtifact pvr() {
    VoucherRequest.Builder request = VoucherRequest.of(serial())
        .assertion(Optional.of(Assertion.PROXIMITY))
        .nonce(nonce)
        .createdOn(TestPki.NOW.minus(Duration.ofSeconds(2)))
        .proximityRegistrarCert(Certificates.der(seen.certificate()));
    return VoucherSealer.cms().seal(pledge.apply(request).build(), new Credential(idevid.key(), idevid.chain().subList(0, 1)), TestPki.NOW);
  }

  /** The registrar's signed request. */
  VoucherArtifact rvr() {
    Octets inside = prior.orElseGet(() -> pvr().bytes());
    VoucherRequest.Builder request = VoucherRequest.of(serial())
        .assertion(Optional.of(Assertion.PROXIMITY))
        .nonce(nonce)
        .createdOn(TestPki.NOW.minus(Duration.ofSeconds(1)))
        .idevidIssuer(Certificates.idevidIssuer(idevid.certificate()));
    if (!inside.isEmpty()) {
      request.priorSigned(inside);
    }
    return VoucherSealer.cms().seal(registrars.apply(request).build(), registrar, TestPki.NOW);
  }

  private String serial() {
    return Certificates.subjectSerialNumber(idevid.certificate()).orElseThrow();
  }
}
