package org.eider.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAlgorithmProtection;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/** One SignerInfo, taken apart: its signed attributes, algorithms and signature value. */
final class CmsSignature {
  private static final String PATH = "cms/signedAttrs";
  private static final int MAX_ATTRIBUTES = 32;

  private final SignerInfo info;
  private final CmsDigest digest;
  private final Map<ASN1ObjectIdentifier, ASN1Encodable> attributes;
  private final Optional<Instant> signingTime;

  private CmsSignature(SignerInfo info, CmsDigest digest, Map<ASN1ObjectIdentifier, ASN1Encodable> attributes, Optional<Instant> time) {
    this.info = info;
    this.digest = digest;
    this.attributes = attributes;
    this.signingTime = time;
  }

  /** Takes a SignerInfo apart. */
  static CmsSignature of(SignerInfo info) throws DecodeException, UntrustedException {
    CmsDigest digest = CmsDigest.of(info.getDigestAlgorithm().getAlgorithm())
        .orElseThrow(() -> new UntrustedException(Fault.WEAK_ALGORITHM, "digest is none of SHA-256, SHA-384, SHA-512"));
    ASN1Set set = info.getAuthenticatedAttributes();
    if (set == null || set.size() == 0) {
      throw new UntrustedException(Fault.NO_SIGNED_ATTRIBUTES, "the signature covers no signed attributes");
    }
    if (set.size() > MAX_ATTRIBUTES) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_ATTRIBUTES + " signed attributes");
    }
    return Der.guard(PATH, () -> {
      Map<ASN1ObjectIdentifier, ASN1Encodable> attributes = attributes(set);
      return new CmsSignature(info, digest, attributes, time(attributes));
    });
  }

  /** The signer's digest. */
  CmsDigest digest() {
    return digest;
  }

  /** What the signing-time attribute says. */
  Optional<Instant> signingTime() {
    return signingTime;
  }

  /** Checks attributes, algorithms and signature of this signer over that content. */
  void check(String contentType, byte[] content, X509Certificate signer) throws DecodeException, UntrustedException {
    if (!new ASN1ObjectIdentifier(contentType).equals(mandatory(CMSAttributes.contentType, "content-type"))) {
      throw bad("the content-type attribute contradicts the content");
    }
    ASN1Encodable claimed = mandatory(CMSAttributes.messageDigest, "message-digest");
    if (!(claimed instanceof ASN1OctetString octets) || !MessageDigest.isEqual(octets.getOctets(), digest.digest(content))) {
      throw bad("the message-digest attribute contradicts the content");
    }
    checkAlgorithmProtection();
    verify(signer);
  }

  private static Map<ASN1ObjectIdentifier, ASN1Encodable> attributes(ASN1Set set) throws DecodeException {
    Map<ASN1ObjectIdentifier, ASN1Encodable> attributes = new HashMap<>();
    for (ASN1Encodable element : set) {
      Attribute attribute = Attribute.getInstance(element);
      ASN1Set values = attribute.getAttrValues();
      if (values.size() == 0) {
        throw new DecodeException(Flaw.MISSING, PATH, "an attribute without value");
      }
      if (values.size() > 1 && isSingleValued(attribute.getAttrType())) {
        throw new DecodeException(Flaw.UNEXPECTED, PATH, "an attribute with several values");
      }
      if (attributes.put(attribute.getAttrType(), values.getObjectAt(0).toASN1Primitive()) != null) {
        throw new DecodeException(Flaw.DUPLICATE_KEY, PATH, "an attribute occurs twice");
      }
    }
    return attributes;
  }

  private static boolean isSingleValued(ASN1ObjectIdentifier type) {
    return type.equals(CMSAttributes.contentType)
        || type.equals(CMSAttributes.messageDigest)
        || type.equals(CMSAttributes.signingTime)
        || type.equals(CMSAttributes.cmsAlgorithmProtect);
  }

  private static Optional<Instant> time(Map<ASN1ObjectIdentifier, ASN1Encodable> attributes) {
    return Optional.ofNullable(attributes.get(CMSAttributes.signingTime)).map(value -> Time.getInstance(value).getDate().toInstant());
  }

  private ASN1Encodable mandatory(ASN1ObjectIdentifier type, String name) throws DecodeException {
    ASN1Encodable value = attributes.get(type);
    if (value == null) {
      throw new DecodeException(Flaw.MISSING, PATH, "no " + name + " attribute (RFC 5652 section 5.3)");
    }
    return value;
  }

  /** The algorithms as the signer saw them, where it says so (RFC 6211). */
  private void checkAlgorithmProtection() throws DecodeException, UntrustedException {
    ASN1Encodable value = attributes.get(CMSAttributes.cmsAlgorithmProtect);
    if (value == null) {
      return;
    }
    CMSAlgorithmProtection seen = Der.guard(PATH, () -> CMSAlgorithmProtection.getInstance(value));
    if (!info.getDigestAlgorithm().getAlgorithm().equals(seen.getDigestAlgorithm().getAlgorithm())
        || seen.getSignatureAlgorithm() == null
        || !info.getDigestEncryptionAlgorithm().getAlgorithm().equals(seen.getSignatureAlgorithm().getAlgorithm())) {
      throw bad("the algorithm-protection attribute contradicts the algorithms");
    }
  }

  private void verify(X509Certificate signer) throws UntrustedException {
    try {
      Signature signature = Signature.getInstance(algorithm(signer), Crypto.ofProcess().providerFor(signer.getPublicKey()));
      signature.initVerify(signer.getPublicKey());
      signature.update(info.getAuthenticatedAttributes().getEncoded(ASN1Encoding.DER));
      if (!signature.verify(info.getEncryptedDigest().getOctets())) {
        throw bad("the signature does not verify");
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new UntrustedException(Fault.BAD_SIGNATURE, "the signature cannot be verified", e);
    }
  }

  /** The JCA name, once key, digest and signature algorithm are known to fit each other. */
  private String algorithm(X509Certificate signer) throws UntrustedException {
    ASN1ObjectIdentifier oid = info.getDigestEncryptionAlgorithm().getAlgorithm();
    KeyType type = KeyType.of(signer.getPublicKey())
        .orElseThrow(() -> new UntrustedException(Fault.WEAK_ALGORITHM, "the signer's key is too weak or of an unknown type"));
    boolean fits = switch (type) {
      case P256, P384, P521 -> oid.equals(digest.withEcdsa());
      case RSA2048, RSA3072, RSA4096 -> oid.equals(PKCSObjectIdentifiers.rsaEncryption) || oid.equals(digest.withRsa());
      case ED25519 -> oid.equals(EdECObjectIdentifiers.id_Ed25519) && digest == CmsDigest.SHA512;
    };
    if (!fits) {
      throw new UntrustedException(Fault.WEAK_ALGORITHM, "key, digest and signature algorithm do not go together or are not supported");
    }
    return switch (type) {
      case P256, P384, P521 -> digest.with("ECDSA");
      case RSA2048, RSA3072, RSA4096 -> digest.with("RSA");
      case ED25519 -> "Ed25519";
    };
  }

  private static UntrustedException bad(String message) {
    return new UntrustedException(Fault.BAD_SIGNATURE, message);
  }
}
