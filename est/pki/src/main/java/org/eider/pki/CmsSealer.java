package org.eider.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.eider.wire.Octets;

/**
 * Makes CMS SignedData with encapsulated content and exactly one signer (RFC 5652, RFC 8366bis section 7.1): signed attributes
 * content type, signing time and message digest; certificates of the credential's chain included.
 */
public final class CmsSealer {
  /** id-ct-animaJSONVoucher (RFC 8366 section 8.4). */
  public static final String ANIMA_JSON_VOUCHER = "1.2.840.113549.1.9.16.1.40";
  /** id-data, which RFC 8995 appendix C and several implementations use. */
  public static final String DATA = "1.2.840.113549.1.7.1";

  private CmsSealer() {}

  /**
   * Signs {@code content}.
   *
   * @param contentType {@link #ANIMA_JSON_VOUCHER}, {@link #DATA} or {@link KeyPackage#ASYMMETRIC_KEY_PACKAGE}
   * @param signer key of any {@link KeyType}; its whole chain goes into the message
   */
  public static Octets seal(Octets content, String contentType, Credential signer, Instant signingTime) {
    KeyType type = KeyType.of(signer.certificate().getPublicKey())
        .orElseThrow(() -> new IllegalArgumentException("the signer's key is of a type that Eider does not use"));
    CmsDigest digest = CmsDigest.of(type);
    ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(contentType);
    byte[] octets = content.toArray();
    try {
      ASN1Set attributes = attributes(oid, signingTime, digest.digest(octets));
      byte[] signature = sign(type, digest, signer.key(), attributes.getEncoded(ASN1Encoding.DER));
      AlgorithmIdentifier digestAlgorithm = new AlgorithmIdentifier(digest.oid());
      ASN1EncodableVector certificates = new ASN1EncodableVector();
      for (X509Certificate certificate : signer.chain()) {
        certificates.add(structure(certificate));
      }
      Certificate own = Certificate.getInstance(certificates.get(0));
      SignerInfo info = new SignerInfo(
          new SignerIdentifier(new IssuerAndSerialNumber(own)),
          digestAlgorithm,
          attributes,
          signatureAlgorithm(type, digest),
          new DEROctetString(signature),
          (ASN1Set) null);
      SignedData signed = new SignedData(
          new DERSet(digestAlgorithm), new ContentInfo(oid, new DEROctetString(octets)), new DERSet(certificates), null, new DERSet(info));
      return Octets.of(new ContentInfo(CMSObjectIdentifiers.signedData, signed).getEncoded(ASN1Encoding.DER));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a credential signs with its own key", e);
    }
  }

  private static ASN1Set attributes(ASN1ObjectIdentifier contentType, Instant signingTime, byte[] digest) {
    return new DERSet(new ASN1Encodable[] {
      attribute(CMSAttributes.contentType, contentType),
      attribute(CMSAttributes.signingTime, new Time(Date.from(signingTime))),
      attribute(CMSAttributes.messageDigest, new DEROctetString(digest))
    });
  }

  private static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new Attribute(type, new DERSet(value));
  }

  private static byte[] sign(KeyType type, CmsDigest digest, PrivateKey key, byte[] attributes) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(
        switch (type) {
          case P256, P384, P521 -> digest.with("ECDSA");
          case RSA2048, RSA3072, RSA4096 -> digest.with("RSA");
          case ED25519 -> "Ed25519";
        },
        Crypto.ofProcess().provider());
    signature.initSign(key);
    signature.update(attributes);
    return signature.sign();
  }

  /** Parameters are absent except for rsaEncryption, where they are NULL (RFC 5754 section 3.2, RFC 8419 section 2.2). */
  private static AlgorithmIdentifier signatureAlgorithm(KeyType type, CmsDigest digest) {
    return switch (type) {
      case P256, P384, P521 -> new AlgorithmIdentifier(digest.withEcdsa());
      case RSA2048, RSA3072, RSA4096 -> new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
      case ED25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    };
  }

  private static Certificate structure(X509Certificate certificate) throws CertificateEncodingException {
    return Certificate.getInstance(certificate.getEncoded());
  }
}
