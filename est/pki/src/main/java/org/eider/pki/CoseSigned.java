package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.eider.wire.Octets;

/**
 * The payload of a COSE_Sign1 message whose signature has verified.
 *
 * @param content the payload, octet for octet
 * @param algorithm the signature's
 * @param signer the certificate under whose key the signature verified; nothing says that it is to be trusted
 * @param certificates all that the message carried, at most {@link CoseMessage#MAX_CERTIFICATES}; their order means nothing
 */
public record CoseSigned(Octets content, CoseAlgorithm algorithm, X509Certificate signer, List<X509Certificate> certificates) {
  /** Keeps an unmodifiable copy of the certificates. */
  public CoseSigned {
    certificates = List.copyOf(certificates);
  }

  /** The signer first, then the other certificates: what path validation wants. */
  public List<X509Certificate> signerChain() {
    return Stream.concat(Stream.of(signer), certificates.stream().filter(certificate -> !certificate.equals(signer))).toList();
  }
}
