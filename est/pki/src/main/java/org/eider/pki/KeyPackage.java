package org.eider.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.eider.wire.Octets;

/** The two forms in which a private key travels to the client that it was made for (RFC 7030 section 4.4.2, RFC 5958, RFC 5652). */
public final class KeyPackage {
  /** id-ct-KP-aKeyPackage: an AsymmetricKeyPackage (RFC 5958 section 2). */
  public static final String ASYMMETRIC_KEY_PACKAGE = "2.16.840.1.101.2.1.2.78.5";

  /** A cipher of EnvelopedData, with the key wrap of the same strength. */
  public enum Cipher {
    /** AES-256 in CBC mode. */
    AES256(CMSAlgorithm.AES256_CBC, CMSAlgorithm.AES256_WRAP, 256),
    /** AES-192 in CBC mode. */
    AES192(CMSAlgorithm.AES192_CBC, CMSAlgorithm.AES192_WRAP, 192),
    /** AES-128 in CBC mode. */
    AES128(CMSAlgorithm.AES128_CBC, CMSAlgorithm.AES128_WRAP, 128);

    private final ASN1ObjectIdentifier content;
    private final ASN1ObjectIdentifier wrap;
    private final int strength;

    Cipher(ASN1ObjectIdentifier content, ASN1ObjectIdentifier wrap, int strength) {
      this.content = content;
      this.wrap = wrap;
      this.strength = strength;
    }

    /** The strongest of those that a client has; what it lists without order of strength is its list, not its wish. */
    public static Optional<Cipher> strongest(List<String> oids) {
      for (Cipher cipher : values()) {
        if (oids.contains(cipher.content.getId())) {
          return Optional.of(cipher);
        }
      }
      return Optional.empty();
    }
  }

  /** Security strength in bits (NIST SP 800-57 part 1, table 2); RSA with 4096 bits counts as the step below. */
  private static final Map<KeyType, Integer> STRENGTH = Map.of(KeyType.P256, 128, KeyType.P384, 192, KeyType.P521, 256,
      KeyType.RSA2048, 112, KeyType.RSA3072, 128, KeyType.RSA4096, 128, KeyType.ED25519, 128);

  private KeyPackage() {}

  /** PrivateKeyInfo of version 1 (RFC 5208), which every reader of PKCS#8 knows. */
  public static Octets plain(PrivateKey key) {
    try {
      PrivateKeyInfo any = PrivateKeyInfo.getInstance(key.getEncoded());
      return Octets.of(new PrivateKeyInfo(any.getPrivateKeyAlgorithm(), any.parsePrivateKey()).getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new IllegalStateException("a key in memory always encodes", e);
    }
  }

  /** Whether something can be enciphered for a key of this kind at all: Ed25519 keys only sign. */
  public static boolean canReceive(PublicKey recipient) {
    return KeyType.of(recipient).filter(type -> type != KeyType.ED25519).isPresent();
  }

  /** Whether a message to {@code recipient} is at least as strong as the key that it carries (RFC 7030 section 4.4.2). */
  public static boolean isStrongEnough(KeyType carried, PublicKey recipient, Cipher cipher) {
    int needed = STRENGTH.get(carried);
    return cipher.strength >= needed && KeyType.of(recipient).map(STRENGTH::get).filter(strength -> strength >= needed).isPresent();
  }

  /**
   * ContentInfo of EnvelopedData over SignedData over AsymmetricKeyPackage: by key agreement with an ephemeral key for an EC key
   * (RFC 5753), by key transport with RSAES-OAEP and SHA-256 for an RSA key (RFC 3560).
   *
   * @param signer who made the key
   * @param recipient whose key opens it; one that {@link #canReceive}
   */
  public static Octets seal(PrivateKey key, Credential signer, Instant signingTime, X509Certificate recipient, Cipher cipher,
      SecureRandom random) {
    try {
      Octets content = Octets.of(new DERSequence(PrivateKeyInfo.getInstance(plain(key).toArray())).getEncoded(ASN1Encoding.DER));
      ContentInfo signed = ContentInfo.getInstance(CmsSealer.seal(content, ASYMMETRIC_KEY_PACKAGE, signer, signingTime).toArray());
      CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
      generator.addRecipientInfoGenerator(recipientInfo(recipient, cipher, random));
      // The content of EnvelopedData is the SignedData itself, its type stands beside it (RFC 5652 section 6.1).
      byte[] inner = signed.getContent().toASN1Primitive().getEncoded(ASN1Encoding.DER);
      return Octets.of(generator.generate(new CMSProcessableByteArray(CMSObjectIdentifiers.signedData, inner),
          new JceCMSContentEncryptorBuilder(cipher.content).setProvider(Bc.PROVIDER).setSecureRandom(random).build())
          .toASN1Structure().getEncoded(ASN1Encoding.DER));
    } catch (IOException | GeneralSecurityException | CMSException e) {
      throw new IllegalStateException("a key is enciphered for a key that can receive it: " + e.getMessage(), e);
    }
  }

  private static RecipientInfoGenerator recipientInfo(X509Certificate recipient, Cipher cipher, SecureRandom random)
      throws GeneralSecurityException {
    KeyType type = KeyType.of(recipient.getPublicKey())
        .orElseThrow(() -> new IllegalArgumentException("a recipient's key of a type that Eider does not use"));
    return switch (type) {
      case P256, P384, P521 -> {
        KeyPair ephemeral = type.generate(random);
        yield new JceKeyAgreeRecipientInfoGenerator(agreement(type), ephemeral.getPrivate(), ephemeral.getPublic(), cipher.wrap)
            .setProvider(Bc.PROVIDER).setSecureRandom(random).addRecipient(recipient);
      }
      case RSA2048, RSA3072, RSA4096 -> {
        AlgorithmIdentifier oaep = new JcaAlgorithmParametersConverter().getAlgorithmIdentifier(
            PKCSObjectIdentifiers.id_RSAES_OAEP,
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        yield new JceKeyTransRecipientInfoGenerator(recipient, oaep).setProvider(Bc.PROVIDER);
      }
      case ED25519 -> throw new IllegalArgumentException("nothing can be enciphered for an Ed25519 key");
    };
  }

  private static ASN1ObjectIdentifier agreement(KeyType type) {
    return switch (type) {
      case P384 -> CMSAlgorithm.ECDH_SHA384KDF;
      case P521 -> CMSAlgorithm.ECDH_SHA512KDF;
      case P256, RSA2048, RSA3072, RSA4096, ED25519 -> CMSAlgorithm.ECDH_SHA256KDF;
    };
  }
}
