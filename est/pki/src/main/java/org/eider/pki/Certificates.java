package org.eider.pki;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Reading X.509 certificates and the fields of them that BRSKI looks at. */
public final class Certificates {
  /** Extended key usage of a registration authority, id-kp-cmcRA (RFC 6402 section 2.10). */
  public static final String CMC_RA = "1.3.6.1.5.5.7.3.28";

  private Certificates() {}

  /** Parses one certificate in DER; nothing may follow it. Bounded to 64 KiB. */
  public static X509Certificate parse(Octets der) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** Parses all PEM certificates of a text, in order; at least one; other PEM blocks are refused. */
  public static List<X509Certificate> parsePem(String pem) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** PEM of the certificates, in order. */
  public static String pem(List<X509Certificate> certificates) {
    throw new UnsupportedOperationException();
  }

  /** The DER encoding. */
  public static Octets der(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }

  /** SHA-256 over the DER SubjectPublicKeyInfo. */
  public static Octets spkiSha256(PublicKey key) {
    throw new UnsupportedOperationException();
  }

  /** The key identifier of the SubjectKeyIdentifier extension, without DER wrapper. */
  public static Optional<Octets> subjectKeyId(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }

  /** The key identifier inside the AuthorityKeyIdentifier extension. */
  public static Optional<Octets> authorityKeyId(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }

  /**
   * The idevid-issuer of an IDevID: the complete extnValue of its AuthorityKeyIdentifier, OCTET STRING included ({@code 04 18 30
   * 16 80 14 …}); without that extension, one is built around the SHA-1 of the certificate's public key (RFC 8366bis sections
   * 6.1 and 6.3).
   */
  public static Octets idevidIssuer(X509Certificate idevid) {
    throw new UnsupportedOperationException();
  }

  /** Whether two idevid-issuer values name the same issuer: each may be the wrapped, the bare or the key-identifier shape. */
  public static boolean sameIdevidIssuer(Octets one, Octets other) {
    throw new UnsupportedOperationException();
  }

  /** The domainID: SubjectKeyIdentifier value if there is one, else SHA-256 of the SubjectPublicKeyInfo (RFC 8995 section 5.8.2). */
  public static Octets domainId(X509Certificate pinned) {
    throw new UnsupportedOperationException();
  }

  /** Whether the extended key usage extension names {@code oid}. */
  public static boolean hasExtendedKeyUsage(X509Certificate certificate, String oid) {
    throw new UnsupportedOperationException();
  }

  /** The subject's first serialNumber attribute (2.5.4.5), as text. */
  public static Optional<String> subjectSerialNumber(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }
}
