package org.eider.voucher;

import java.security.cert.X509Certificate;
import org.eider.wire.Octets;

/** What a voucher pins: the one thing by which a pledge recognises its domain (RFC 8366bis section 8). */
public sealed interface Pin {
  /** A certificate; whoever has a path to it belongs to the domain. */
  record OfCertificate(X509Certificate certificate) implements Pin {
    @Override
    public boolean isKeyOf(X509Certificate peer) {
      return certificate.getPublicKey().equals(peer.getPublicKey());
    }
  }

  /**
   * The key of one peer.
   *
   * @param spki DER SubjectPublicKeyInfo
   */
  record OfKey(Octets spki) implements Pin {
    @Override
    public boolean isKeyOf(X509Certificate peer) {
      return spki.matches(Octets.of(peer.getPublicKey().getEncoded()));
    }
  }

  /**
   * The key of one peer, by its digest.
   *
   * @param digest SHA-256 of the DER SubjectPublicKeyInfo
   */
  record OfKeySha256(Octets digest) implements Pin {
    @Override
    public boolean isKeyOf(X509Certificate peer) {
      return digest.matches(Octets.of(peer.getPublicKey().getEncoded()).sha256());
    }
  }

  /** Whether the key that is pinned, as such or in a certificate, is the peer's own. */
  boolean isKeyOf(X509Certificate peer);
}
