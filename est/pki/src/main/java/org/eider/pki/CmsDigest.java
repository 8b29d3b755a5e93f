package org.eider.pki;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The digests that signed messages may use, each with the signature algorithms that build on it. */
enum CmsDigest {
  SHA256("SHA-256", NISTObjectIdentifiers.id_sha256, X9ObjectIdentifiers.ecdsa_with_SHA256, PKCSObjectIdentifiers.sha256WithRSAEncryption),
  SHA384("SHA-384", NISTObjectIdentifiers.id_sha384, X9ObjectIdentifiers.ecdsa_with_SHA384, PKCSObjectIdentifiers.sha384WithRSAEncryption),
  SHA512("SHA-512", NISTObjectIdentifiers.id_sha512, X9ObjectIdentifiers.ecdsa_with_SHA512, PKCSObjectIdentifiers.sha512WithRSAEncryption);

  private final String jca;
  private final ASN1ObjectIdentifier oid;
  private final ASN1ObjectIdentifier withEcdsa;
  private final ASN1ObjectIdentifier withRsa;

  CmsDigest(String jca, ASN1ObjectIdentifier oid, ASN1ObjectIdentifier withEcdsa, ASN1ObjectIdentifier withRsa) {
    this.jca = jca;
    this.oid = oid;
    this.withEcdsa = withEcdsa;
    this.withRsa = withRsa;
  }

  static Optional<CmsDigest> of(ASN1ObjectIdentifier oid) {
    for (CmsDigest digest : values()) {
      if (digest.oid.equals(oid)) {
        return Optional.of(digest);
      }
    }
    return Optional.empty();
  }

  /** The JCA name of a signature algorithm that has no parameters to heed: ECDSA or RSA PKCS#1 v1.5 with one of these digests, or Ed25519. */
  static Optional<String> signature(ASN1ObjectIdentifier oid) {
    for (CmsDigest digest : values()) {
      if (digest.withEcdsa.equals(oid)) {
        return Optional.of(digest.with("ECDSA"));
      }
      if (digest.withRsa.equals(oid)) {
        return Optional.of(digest.with("RSA"));
      }
    }
    return EdECObjectIdentifiers.id_Ed25519.equals(oid) ? Optional.of("Ed25519") : Optional.empty();
  }

  /** The digest that goes with a key of that type; SHA-512 with Ed25519 (RFC 8419 section 3.1). */
  static CmsDigest of(KeyType type) {
    return switch (type) {
      case P256, RSA2048, RSA3072 -> SHA256;
      case P384 -> SHA384;
      case P521, RSA4096, ED25519 -> SHA512;
    };
  }

  /** The usual name, for instance {@code SHA-256}. */
  String label() {
    return jca;
  }

  ASN1ObjectIdentifier oid() {
    return oid;
  }

  ASN1ObjectIdentifier withEcdsa() {
    return withEcdsa;
  }

  ASN1ObjectIdentifier withRsa() {
    return withRsa;
  }

  /** The JCA name of this digest with a signature scheme, for instance {@code SHA256withECDSA}. */
  String with(String scheme) {
    return name() + "with" + scheme;
  }

  byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance(jca).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform has " + jca, e);
    }
  }
}
