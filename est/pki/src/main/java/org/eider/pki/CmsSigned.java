package org.eider.pki;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.wire.Octets;

/**
 * The content of a CMS message whose signature has verified.
 *
 * @param content the encapsulated content, octet for octet
 * @param contentType its object identifier
 * @param digest the signer's digest algorithm, for instance {@code SHA-256}
 * @param signer the certificate under whose key the signature verified; nothing says that it is to be trusted
 * @param certificates all that the message carried, in its order, at most {@link CmsOpener#MAX_CERTIFICATES}
 * @param signingTime the signing-time attribute
 */
public record CmsSigned(
    Octets content,
    String contentType,
    String digest,
    X509Certificate signer,
    List<X509Certificate> certificates,
    Optional<Instant> signingTime) {
  /** Keeps an unmodifiable copy of the certificates. */
  public CmsSigned {
    certificates = List.copyOf(certificates);
  }

  /** The signer first, then the other certificates: what path validation wants. */
  public List<X509Certificate> signerChain() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(signer), certificates.stream().filter(certificate -> !certificate.equals(signer)))
        .toList();
  }
}
