package org.eider.pki;

import java.security.Provider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Bouncy Castle with a few services of ACCP in place of its own. Which ones is a closed list: signatures on NIST curves and RSA, ECDH
 * and what it needs, and what TLS computes for every record. All else, RSA-PSS, X25519, Edwards curves and ML-KEM included, stays.
 */
final class AccpFirst extends Provider {
  private static final long serialVersionUID = 1L;

  private static final List<String> PREFERRED = List.of(
      "Signature.NONEwithECDSA", "Signature.SHA256withECDSA", "Signature.SHA384withECDSA", "Signature.SHA512withECDSA",
      "Signature.SHA256withRSA", "Signature.SHA384withRSA", "Signature.SHA512withRSA",
      "KeyPairGenerator.EC", "KeyFactory.EC", "KeyAgreement.ECDH",
      "MessageDigest.SHA-256", "MessageDigest.SHA-384", "MessageDigest.SHA-512",
      "Mac.HmacSHA256", "Mac.HmacSHA384", "Cipher.AES/GCM/NoPadding");

  private final transient Map<String, Service> preferred;
  private final transient Provider rest;

  AccpFirst(Provider accp, Provider rest) {
    super("EiderAccp", accp.getVersionStr(), "Bouncy Castle, the most frequent operations by " + accp.getName());
    this.rest = rest;
    this.preferred = PREFERRED.stream().map(name -> name.split("\\.", 2)).map(name -> accp.getService(name[0], name[1]))
        .collect(Collectors.toUnmodifiableMap(service -> key(service.getType(), service.getAlgorithm()), Function.identity()));
  }

  @Override
  public Service getService(String type, String algorithm) {
    Service first = preferred.get(key(type, algorithm));
    return first != null ? first : rest.getService(type, algorithm);
  }

  private static String key(String type, String algorithm) {
    return type + '.' + algorithm.toUpperCase(Locale.ROOT);
  }
}
