package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Octets;

/** By which leaf a voucher request names the registrar that the pledge is connected to (RFC 8366bis section 9). */
public enum Proximity {
  /** Its certificate. */
  CERT {
    @Override
    void put(VoucherRequest.Builder request, X509Certificate registrar) {
      request.proximityRegistrarCert(Certificates.der(registrar));
    }
  },

  /** Its SubjectPublicKeyInfo. */
  PUBK {
    @Override
    void put(VoucherRequest.Builder request, X509Certificate registrar) {
      request.proximityRegistrarKey(Octets.of(registrar.getPublicKey().getEncoded()));
    }
  },

  /** SHA-256 over its SubjectPublicKeyInfo, the shortest. */
  PUBK_SHA256 {
    @Override
    void put(VoucherRequest.Builder request, X509Certificate registrar) {
      request.proximityRegistrarKeySha256(Certificates.spkiSha256(registrar.getPublicKey()));
    }
  };

  /** The name of option values: {@code pubk-sha256}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The leaf that {@link #label()} names. */
  public static Optional<Proximity> ofLabel(String label) {
    return Arrays.stream(values()).filter(leaf -> leaf.label().equals(label)).findFirst();
  }

  abstract void put(VoucherRequest.Builder request, X509Certificate registrar);
}
