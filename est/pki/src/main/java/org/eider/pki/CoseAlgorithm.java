package org.eider.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.eider.wire.Octets;

/**
 * The signature algorithms of COSE that Eider makes or takes (RFC 9053 section 2, RFC 9864 section 2). ECDSA signatures are r and s one
 * behind the other, each as long as the curve's order; DER is no signature here.
 */
public enum CoseAlgorithm {
  /** ECDSA with SHA-256, whatever the curve. */
  ES256(-7, "SHA256withECDSAinP1363Format", EnumSet.of(KeyType.P256, KeyType.P384, KeyType.P521)),
  /** ECDSA with SHA-384, whatever the curve. */
  ES384(-35, "SHA384withECDSAinP1363Format", EnumSet.of(KeyType.P256, KeyType.P384, KeyType.P521)),
  /** ECDSA with SHA-512, whatever the curve. */
  ES512(-36, "SHA512withECDSAinP1363Format", EnumSet.of(KeyType.P256, KeyType.P384, KeyType.P521)),
  /** EdDSA; the curve is the key's. */
  EDDSA(-8, "Ed25519", EnumSet.of(KeyType.ED25519)),
  /** ECDSA with P-256 and SHA-256. */
  ESP256(-9, "SHA256withECDSAinP1363Format", EnumSet.of(KeyType.P256)),
  /** ECDSA with P-384 and SHA-384. */
  ESP384(-51, "SHA384withECDSAinP1363Format", EnumSet.of(KeyType.P384)),
  /** ECDSA with P-521 and SHA-512. */
  ESP512(-52, "SHA512withECDSAinP1363Format", EnumSet.of(KeyType.P521)),
  /** EdDSA with Ed25519. */
  ED25519(-19, "Ed25519", EnumSet.of(KeyType.ED25519));

  private static final String ED448 = "Ed448";
  /** An Ed448 SubjectPublicKeyInfo is 69 octets long, one of Ed25519 44. */
  private static final int ED448_KEY = 69;

  private final int id;
  private final String jca;
  private final Set<KeyType> keys;

  CoseAlgorithm(int id, String jca, Set<KeyType> keys) {
    this.id = id;
    this.jca = jca;
    this.keys = keys;
  }

  /** The number in the header. */
  public int id() {
    return id;
  }

  /** The algorithm of that number. */
  public static Optional<CoseAlgorithm> of(long id) {
    for (CoseAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** The algorithm that we sign with; none for RSA keys. The polymorphic numbers, which every peer knows. */
  public static Optional<CoseAlgorithm> of(KeyType type) {
    return switch (type) {
      case P256 -> Optional.of(ES256);
      case P384 -> Optional.of(ES384);
      case P521 -> Optional.of(ES512);
      case ED25519 -> Optional.of(EDDSA);
      case RSA2048, RSA3072, RSA4096 -> Optional.empty();
    };
  }

  /** Whether the key is of a kind that goes with this algorithm. Ed448 does with EdDSA, though no path to such a key is ever trusted. */
  public boolean takes(PublicKey key) {
    return this == EDDSA && isEd448(key) || KeyType.of(key).filter(keys::contains).isPresent();
  }

  /** Whether {@code signature} is one over {@code octets} by this algorithm and that key; false for a key that does not go with it. */
  boolean verifies(PublicKey key, Octets octets, Octets signature) {
    if (!takes(key)) {
      return false;
    }
    try {
      Signature verifier = isEd448(key)
          ? Signature.getInstance(ED448, Bc.PROVIDER)
          : Signature.getInstance(jca, Crypto.ofProcess().providerFor(key));
      verifier.initVerify(key);
      verifier.update(octets.toArray());
      return verifier.verify(signature.toArray());
    } catch (GeneralSecurityException notEvenASignature) {
      return false;
    }
  }

  /** A signature over {@code octets}. */
  Octets sign(PrivateKey key, Octets octets) {
    try {
      Signature signer = Signature.getInstance(jca, Crypto.ofProcess().provider());
      signer.initSign(key);
      signer.update(octets.toArray());
      return Octets.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a credential signs with its own key", e);
    }
  }

  private static boolean isEd448(PublicKey key) {
    return (key.getAlgorithm().equals(ED448) || key.getAlgorithm().equals("EdDSA")) && key.getEncoded().length == ED448_KEY;
  }
}
