package org.eider.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The kinds of key that Eider makes and accepts. */
public enum KeyType {
  /** NIST P-256. */
  P256("secp256r1", 256, "SHA256withECDSA"),
  /** NIST P-384. */
  P384("secp384r1", 384, "SHA384withECDSA"),
  /** NIST P-521. */
  P521("secp521r1", 521, "SHA512withECDSA"),
  /** RSA with a modulus of at least 2048 bits and less than 3072. */
  RSA2048("RSA", 2048, "SHA256withRSA"),
  /** RSA with a modulus of at least 3072 bits and less than 4096. */
  RSA3072("RSA", 3072, "SHA256withRSA"),
  /** RSA with a modulus of at least 4096 bits, at most 8192. */
  RSA4096("RSA", 4096, "SHA512withRSA"),
  /** Ed25519 (RFC 8032). */
  ED25519("Ed25519", 255, "Ed25519");

  static final int LARGEST_RSA = 8192;
  /** Bits of an RSA public exponent: with a greater one, a peer would make verification cost seconds. */
  private static final int LARGEST_EXPONENT = 64;
  /** Verification time grows with the exponent, which the peer chooses. */
  private static final int LONGEST_EXPONENT = 64;

  private final String spec;
  private final int bits;
  private final String signature;

  KeyType(String spec, int bits, String signature) {
    this.spec = spec;
    this.bits = bits;
    this.signature = signature;
  }

  /** The name of option values and configuration: {@code p256}, {@code rsa2048}, {@code ed25519}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type that {@link #label()} names. */
  public static Optional<KeyType> ofLabel(String label) {
    for (KeyType type : values()) {
      if (type.label().equals(label)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The JCA name of the signature algorithm that goes with keys of this type. */
  public String signatureAlgorithm() {
    return signature;
  }

  /** The type of {@code key}; empty for keys that Eider does not accept, such as RSA below 2048 bits or brainpool curves. */
  public static Optional<KeyType> of(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      int length = rsa.getModulus().bitLength();
      if (length < 2048 || !isAffordable(key)) {
        return Optional.empty();
      }
      return Optional.of(length < 3072 ? RSA2048 : length < 4096 ? RSA3072 : RSA4096);
    }
    if (key instanceof ECPublicKey ec) {
      return ofCurve(ec);
    }
    String name = key.getAlgorithm();
    return name.equals("Ed25519") || name.equals("EdDSA") && key.getEncoded().length == 44 ? Optional.of(ED25519) : Optional.empty();
  }

  /** Whether verifying a signature with {@code key}, weak or strong, takes a bounded and small time. */
  public static boolean isAffordable(PublicKey key) {
    return !(key instanceof RSAPublicKey rsa)
        || rsa.getModulus().bitLength() <= LARGEST_RSA && rsa.getPublicExponent().bitLength() <= LONGEST_EXPONENT;
  }

  /** A fresh key pair. */
  public KeyPair generate(SecureRandom random) {
    try {
      return switch (this) {
        case P256, P384, P521 -> generator("EC", new ECGenParameterSpec(spec), random);
        case RSA2048, RSA3072, RSA4096 -> {
          KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
          generator.initialize(bits, random);
          yield generator.generateKeyPair();
        }
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519", Bc.PROVIDER).generateKeyPair();
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle makes " + this + " keys", e);
    }
  }

  private static KeyPair generator(String algorithm, ECGenParameterSpec spec, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, Bc.PROVIDER);
    generator.initialize(spec, random);
    return generator.generateKeyPair();
  }

  /** By named curve only: RFC 5480 section 2.1.1 keeps explicit parameters out of certificates, and TLS stacks refuse them. */
  private static Optional<KeyType> ofCurve(ECPublicKey key) {
    if (!(SubjectPublicKeyInfo.getInstance(key.getEncoded()).getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier)) {
      return Optional.empty();
    }
    for (KeyType type : new KeyType[] {P256, P384, P521}) {
      if (Curves.isOn(key, type.spec)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
