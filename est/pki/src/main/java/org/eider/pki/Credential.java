package org.eider.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificate chain that speaks for it.
 *
 * @param key the private key; never printed
 * @param chain end entity first, then its issuers as far as they are sent; at least one
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {
  /** Keeps an unmodifiable copy of the chain. */
  public Credential {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a credential has at least its own certificate");
    }
  }

  /** The end-entity certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  @Override
  public String toString() {
    return "Credential[" + Certificates.subject(certificate()) + "]";
  }
}
