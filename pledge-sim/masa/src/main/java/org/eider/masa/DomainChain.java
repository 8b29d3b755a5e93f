package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.masa.MasaPolicy.Pin;
import org.eider.pki.Certificates;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.wire.Octets;

/**
 * The path from a registrar to the last certificate of the chain it sent, which is a temporary anchor: the MASA need not know the
 * domain (RFC 8995 section 5.5.2). Certificates that were sent and are not on the path play no part in any decision.
 */
final class DomainChain {
  private final List<X509Certificate> path;
  private final Set<Octets> keys;

  private DomainChain(List<X509Certificate> path) {
    this.path = path;
    this.keys = path.stream().map(certificate -> Certificates.spkiSha256(certificate.getPublicKey())).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Builds and validates the path.
   *
   * @param sent the signer first, then whatever else came with the request, in any order
   */
  static DomainChain of(List<X509Certificate> sent, Instant at) throws UntrustedException {
    List<X509Certificate> tops = sent.stream().filter(certificate -> isTop(certificate, sent)).toList();
    return new DomainChain(TrustAnchors.of(tops).validate(sent, at));
  }

  /** The registrar's own certificate. */
  X509Certificate registrar() {
    return path.get(0);
  }

  /** The registrar first, the temporary anchor last. */
  List<X509Certificate> path() {
    return path;
  }

  /** Whether a certificate of the path has the key of this SHA-256 over its SubjectPublicKeyInfo. */
  boolean hasKey(Octets spkiSha256) {
    return keys.contains(spkiSha256);
  }

  /** The certificate to pin. */
  X509Certificate pin(Pin pin) {
    List<X509Certificate> authorities = path.stream().skip(1).toList();
    if (authorities.isEmpty()) {
      return registrar();
    }
    return switch (pin) {
      case LOWEST_CA -> authorities.get(0);
      case HIGHEST_CA -> authorities.get(authorities.size() - 1);
      case END_ENTITY -> registrar();
    };
  }

  /** The first instant at which a certificate of the path is no longer valid. */
  Instant notAfter() {
    return path.stream().map(certificate -> certificate.getNotAfter().toInstant()).min(Instant::compareTo).orElseThrow();
  }

  private static boolean isTop(X509Certificate certificate, List<X509Certificate> sent) {
    return namesItself(certificate)
        || sent.stream().noneMatch(other -> !other.equals(certificate)
            && other.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()));
  }

  private static boolean namesItself(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
        && Certificates.authorityKeyId(certificate).map(issuer -> Certificates.subjectKeyId(certificate).equals(Optional.of(issuer))).orElse(true);
  }
}
