package org.eider.masa;

import java.security.cert.X509Certificate;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Octets;

/**
 * By what a voucher pins its domain: by what the device compares (RFC 8366bis section 8). A device that named the registrar's key is given
 * that key; one that named its certificate, or nothing, a certificate of its chain.
 */
enum Pinning {
  /** A certificate, chosen by policy. */
  CERTIFICATE,
  /** The registrar's own key. */
  KEY,
  /** The digest of that. */
  KEY_SHA256;

  /** What goes with the proximity leaf of the device's request; where there are several, the shortest (RFC 8366bis section 9). */
  static Pinning of(Optional<VoucherRequest> pledge) {
    if (pledge.flatMap(VoucherRequest::proximityRegistrarKeySha256).isPresent()) {
      return KEY_SHA256;
    }
    return pledge.flatMap(VoucherRequest::proximityRegistrarKey).isPresent() ? KEY : CERTIFICATE;
  }

  /** The certificate that is pinned, or whose key is; {@code chosen} is the one that policy chooses. */
  X509Certificate certificate(DomainChain domain, X509Certificate chosen) {
    return switch (this) {
      case CERTIFICATE -> chosen;
      case KEY, KEY_SHA256 -> domain.registrar();
    };
  }

  /** Writes the leaf. */
  void pin(Voucher.Builder voucher, X509Certificate pinned) {
    Octets key = Octets.of(pinned.getPublicKey().getEncoded());
    switch (this) {
      case CERTIFICATE -> voucher.pinnedDomainCert(Certificates.der(pinned));
      case KEY -> voucher.pinnedDomainKey(key);
      case KEY_SHA256 -> voucher.pinnedDomainKeySha256(key.sha256());
    }
  }
}
