package org.eider.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Reading X.509 certificates and the fields of them that BRSKI looks at. */
public final class Certificates {
  /** Extended key usage of a registration authority, id-kp-cmcRA (RFC 6402 section 2.10). */
  public static final String CMC_RA = "1.3.6.1.5.5.7.3.28";
  /** Greatest certificate that is read, in octets. */
  public static final int MAX_SIZE = 64 * 1024;
  /** Most certificates of a PEM text. */
  public static final int MAX_PEM_CERTIFICATES = 1024;

  private static final String CERTIFICATE = "certificate";
  private static final String ISSUER = "idevid-issuer";
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  /** Attributes that RFC 2253 has no name for and people know. */
  private static final Map<String, String> KEYWORDS = Map.of("2.5.4.5", "serialNumber", "1.2.840.113549.1.9.1", "emailAddress");

  private Certificates() {}

  /**
   * Parses one certificate in DER; nothing may follow it. Bounded to 64 KiB. Its public key, names, dates and extensions have been
   * read once when this returns, so that the accessors of the certificate do not fail later.
   */
  public static X509Certificate parse(Octets der) throws DecodeException {
    byte[] in = Der.check(der, MAX_SIZE, CERTIFICATE);
    return Der.guard(CERTIFICATE, () -> {
      // Bouncy Castle's factory also takes PKCS#7 and PEM: what it gets here has to be a SEQUENCE that begins with a SEQUENCE.
      if (!Der.isSequenceOfSequence(in)) {
        throw new DecodeException(Flaw.WRONG_TYPE, CERTIFICATE, "not an X.509 certificate");
      }
      try {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", Bc.PROVIDER);
        return checked((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(in)), der);
      } catch (GeneralSecurityException e) {
        throw new DecodeException(Flaw.WRONG_TYPE, CERTIFICATE, "not an X.509 certificate", e);
      }
    });
  }

  /** The certificates as {@link #parse} makes them: what another reader, such as a TLS engine, has taken from a peer. */
  public static List<X509Certificate> adopt(List<X509Certificate> certificates) throws DecodeException {
    List<X509Certificate> adopted = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      adopted.add(parse(der(certificate)));
    }
    return List.copyOf(adopted);
  }

  /** Parses all PEM certificates of a text, in order; at least one; other PEM blocks are refused. */
  public static List<X509Certificate> parsePem(String pem) throws DecodeException {
    List<X509Certificate> certificates = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    boolean inside = false;
    for (String line : pem.lines().map(String::strip).toList()) {
      if (line.equals(inside ? END : BEGIN)) {
        if (inside) {
          certificates.add(parse(Base64Text.strict(body.toString(), CERTIFICATE)));
        }
        body.setLength(0);
        inside = !inside;
      } else if (line.startsWith("-----")) {
        throw new DecodeException(Flaw.UNEXPECTED, CERTIFICATE, "a PEM block that is not a certificate");
      } else if (inside) {
        body.append(line);
      }
      if (certificates.size() > MAX_PEM_CERTIFICATES) {
        throw new DecodeException(Flaw.TOO_LONG, CERTIFICATE, "more than " + MAX_PEM_CERTIFICATES + " certificates");
      }
    }
    if (inside) {
      throw new DecodeException(Flaw.TRUNCATED, CERTIFICATE, "ends inside a PEM block");
    }
    if (certificates.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, CERTIFICATE, "no PEM certificate");
    }
    return List.copyOf(certificates);
  }

  /** PEM of the certificates, in order. */
  public static String pem(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    for (X509Certificate certificate : certificates) {
      text.append(BEGIN).append('\n').append(lines.encodeToString(encoded(certificate))).append('\n').append(END).append('\n');
    }
    return text.toString();
  }

  /** The subject for people (RFC 2253): {@code serialNumber=SN-1,O=Example}. */
  public static String subject(X509Certificate certificate) {
    return name(certificate.getSubjectX500Principal());
  }

  /** A name for people (RFC 2253), with the attributes of devices by name. */
  public static String name(X500Principal principal) {
    return principal.getName(X500Principal.RFC2253, KEYWORDS);
  }

  /** The DER encoding. */
  public static Octets der(X509Certificate certificate) {
    return Octets.of(encoded(certificate));
  }

  /** SHA-256 over the DER SubjectPublicKeyInfo. */
  public static Octets spkiSha256(PublicKey key) {
    return Octets.of(key.getEncoded()).sha256();
  }

  /** The key identifier of the SubjectKeyIdentifier extension, without DER wrapper. */
  public static Optional<Octets> subjectKeyId(X509Certificate certificate) {
    return extension(certificate, Extension.subjectKeyIdentifier)
        .map(value -> Octets.of(ASN1OctetString.getInstance(value).getOctets()));
  }

  /** The key identifier inside the AuthorityKeyIdentifier extension. */
  public static Optional<Octets> authorityKeyId(X509Certificate certificate) {
    return extension(certificate, Extension.authorityKeyIdentifier)
        .flatMap(value -> Optional.ofNullable(AuthorityKeyIdentifier.getInstance(value).getKeyIdentifierOctets()))
        .map(Octets::of);
  }

  /**
   * The idevid-issuer of an IDevID: the complete extnValue of its AuthorityKeyIdentifier, OCTET STRING included ({@code 04 18 30
   * 16 80 14 …}); without that extension, one is built around the SHA-1 of the certificate's public key (RFC 8366bis sections
   * 6.1 and 6.3).
   */
  public static Octets idevidIssuer(X509Certificate idevid) {
    byte[] value = idevid.getExtensionValue(Extension.authorityKeyIdentifier.getId());
    if (value != null) {
      return Octets.of(value);
    }
    try {
      AuthorityKeyIdentifier built = new AuthorityKeyIdentifier(keyId(idevid.getPublicKey()).toArray());
      return Octets.of(new DEROctetString(built).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a key identifier always encodes", e);
    }
  }

  /**
   * Whether two idevid-issuer values name the same issuer: each may be the wrapped, the bare or the key-identifier shape. An empty
   * value names nobody.
   */
  public static boolean sameIdevidIssuer(Octets one, Octets other) {
    return !one.isEmpty() && (one.matches(other) || issuerKeyId(one).matches(issuerKeyId(other)));
  }

  /** The domainID: SubjectKeyIdentifier value if there is one, else SHA-256 of the SubjectPublicKeyInfo (RFC 8995 section 5.8.2). */
  public static Octets domainId(X509Certificate pinned) {
    return subjectKeyId(pinned).orElseGet(() -> spkiSha256(pinned.getPublicKey()));
  }

  /** Whether the extended key usage extension names {@code oid}. */
  public static boolean hasExtendedKeyUsage(X509Certificate certificate, String oid) {
    return extension(certificate, Extension.extendedKeyUsage)
        .map(ExtendedKeyUsage::getInstance)
        .filter(usage -> List.of(usage.getUsages()).stream().map(KeyPurposeId::getId).anyMatch(oid::equals))
        .isPresent();
  }

  /** The subject's first serialNumber attribute (2.5.4.5), as text. */
  public static Optional<String> subjectSerialNumber(X509Certificate certificate) {
    for (RDN rdn : X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.SERIALNUMBER)) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.SERIALNUMBER) && attribute.getValue() instanceof ASN1String text) {
          return Optional.of(text.getString());
        }
      }
    }
    return Optional.empty();
  }

  /** What the extension's OCTET STRING holds; it has been read once by {@link #parse}. */
  static Optional<ASN1Primitive> extension(X509Certificate certificate, ASN1ObjectIdentifier oid) {
    byte[] value = certificate.getExtensionValue(oid.getId());
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ASN1Primitive.fromByteArray(ASN1OctetString.getInstance(value).getOctets()));
    } catch (IOException e) {
      throw new IllegalArgumentException("a certificate that did not come from Certificates.parse", e);
    }
  }

  /** The SHA-1 of the key's BIT STRING (RFC 5280 section 4.2.1.2, method 1). */
  static Octets keyId(PublicKey key) {
    return Octets.of(SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getOctets()).sha1();
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without an encoding", e);
    }
  }

  private static X509Certificate checked(X509Certificate certificate, Octets der) throws DecodeException, IOException {
    if (!der(certificate).matches(der)) {
      throw new DecodeException(Flaw.WRONG_TYPE, CERTIFICATE, "not in DER");
    }
    if (certificate.getPublicKey() == null) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, CERTIFICATE, "a public key of an unknown algorithm");
    }
    if (certificate.getSubjectX500Principal() == null || certificate.getIssuerX500Principal() == null
        || certificate.getNotBefore() == null || certificate.getNotAfter() == null) {
      throw new DecodeException(Flaw.MISSING, CERTIFICATE, "names or dates");
    }
    WellFormed.extensions(certificate);
    return certificate;
  }

  /** The key identifier in a value of any of the three shapes; the value itself when it is none of them. */
  private static Octets issuerKeyId(Octets value) {
    try {
      ASN1Primitive parsed = Der.parse(value, MAX_SIZE, ISSUER);
      ASN1Primitive bare =
          parsed instanceof ASN1OctetString wrapped ? Der.parse(Octets.of(wrapped.getOctets()), MAX_SIZE, ISSUER) : parsed;
      return authorityKeyId(bare).orElse(value);
    } catch (DecodeException e) {
      return value; // not ASN.1: the bare key identifier
    }
  }

  private static Optional<Octets> authorityKeyId(ASN1Primitive value) throws DecodeException {
    return Der.guard(ISSUER, () -> Optional.ofNullable(AuthorityKeyIdentifier.getInstance(value).getKeyIdentifierOctets()).map(Octets::of));
  }
}
