package org.eider.pki;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;

/** Signs X.509 version 3 certificates; the key identifiers are added by itself. */
public final class CertificateMaker {
  /** 9999-12-31T23:59:59Z: no well-defined end (RFC 5280 section 4.1.2.5). */
  public static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private CertificateMaker() {}

  /** A positive serial number of 159 random bits (RFC 5280 section 4.1.2.2 allows 20 octets). */
  public static BigInteger newSerial(SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  /** A self-signed CA certificate; path length constraint when {@code pathLength} is not negative. */
  public static X509Certificate selfSignedCa(
      X500Name subject, KeyPair key, BigInteger serial, Instant notBefore, Instant notAfter, int pathLength) {
    throw new UnsupportedOperationException();
  }

  /** A subordinate CA certificate. */
  public static X509Certificate subordinateCa(
      Credential issuer, X500Name subject, java.security.PublicKey key, BigInteger serial, Instant notBefore, Instant notAfter, int pathLength) {
    throw new UnsupportedOperationException();
  }

  /** An end-entity certificate by {@code template}, with basic constraints CA false, issued by the credential's certificate. */
  public static X509Certificate endEntity(Credential issuer, LdevidTemplate template, BigInteger serial) {
    throw new UnsupportedOperationException();
  }

  /** Key usage, critical, of the given {@code org.bouncycastle.asn1.x509.KeyUsage} bits. */
  public static Extension keyUsage(int bits) {
    throw new UnsupportedOperationException();
  }

  /** Extended key usage, not critical. */
  public static Extension extendedKeyUsage(List<String> oids) {
    throw new UnsupportedOperationException();
  }

  /** subjectAltName with DNS names and IP addresses, not critical. */
  public static Extension subjectAltName(List<String> dnsNames, List<String> ipAddresses) {
    throw new UnsupportedOperationException();
  }
}
