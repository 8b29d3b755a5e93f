package org.eider.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Signs X.509 version 3 certificates; the key identifiers are added by itself. */
public final class CertificateMaker {
  /** 9999-12-31T23:59:59Z: no well-defined end (RFC 5280 section 4.1.2.5). */
  public static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private static final int SERIAL_BITS = 159;

  private CertificateMaker() {}

  /** A positive serial number of 159 random bits (RFC 5280 section 4.1.2.2 allows 20 octets). */
  public static BigInteger newSerial(SecureRandom random) {
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    return serial.signum() > 0 ? serial : newSerial(random);
  }

  /** A self-signed CA certificate; path length constraint when {@code pathLength} is not negative. */
  public static X509Certificate selfSignedCa(
      X500Name subject, KeyPair key, BigInteger serial, Instant notBefore, Instant notAfter, int pathLength) {
    LdevidTemplate template = new LdevidTemplate(subject, key.getPublic(), notBefore, notAfter, List.of(caUsage()));
    Issuer issuer = new Issuer(subject, key.getPrivate(), key.getPublic(), Certificates.keyId(key.getPublic()));
    return issuer.sign(template, serial, caConstraints(pathLength));
  }

  /** A subordinate CA certificate. */
  public static X509Certificate subordinateCa(
      Credential issuer, X500Name subject, PublicKey key, BigInteger serial, Instant notBefore, Instant notAfter, int pathLength) {
    LdevidTemplate template = new LdevidTemplate(subject, key, notBefore, notAfter, List.of(caUsage()));
    return Issuer.of(issuer).sign(template, serial, caConstraints(pathLength));
  }

  /** An end-entity certificate by {@code template}, with basic constraints CA false, issued by the credential's certificate. */
  public static X509Certificate endEntity(Credential issuer, LdevidTemplate template, BigInteger serial) {
    return Issuer.of(issuer).sign(template, serial, new BasicConstraints(false));
  }

  /** Key usage, critical, of the given {@code org.bouncycastle.asn1.x509.KeyUsage} bits. */
  public static Extension keyUsage(int bits) {
    return extension(Extension.keyUsage, true, new KeyUsage(bits));
  }

  /** Extended key usage, not critical. */
  public static Extension extendedKeyUsage(List<String> oids) {
    KeyPurposeId[] usages = oids.stream().map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid))).toArray(KeyPurposeId[]::new);
    return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usages));
  }

  /** subjectAltName with DNS names and IP addresses, not critical. */
  public static Extension subjectAltName(List<String> dnsNames, List<String> ipAddresses) {
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    ipAddresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    return extension(Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(new GeneralName[0])));
  }

  /** An extension of any kind. */
  public static Extension extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      return new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("an ASN.1 tree in memory always encodes", e);
    }
  }

  private static Extension caUsage() {
    return keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
  }

  private static BasicConstraints caConstraints(int pathLength) {
    return pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength);
  }

  private record Issuer(X500Name name, PrivateKey key, PublicKey publicKey, Octets keyId) {
    static Issuer of(Credential credential) {
      X509Certificate own = credential.certificate();
      return new Issuer(
          X500Name.getInstance(own.getSubjectX500Principal().getEncoded()),
          credential.key(),
          own.getPublicKey(),
          Certificates.subjectKeyId(own).orElseGet(() -> Certificates.keyId(own.getPublicKey())));
    }

    X509Certificate sign(LdevidTemplate template, BigInteger serial, BasicConstraints constraints) {
      KeyType type = KeyType.of(publicKey).orElseThrow(() -> new IllegalArgumentException("a key that Eider does not sign with"));
      X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
          name,
          serial,
          Date.from(template.notBefore().truncatedTo(ChronoUnit.SECONDS)),
          Date.from(template.notAfter().truncatedTo(ChronoUnit.SECONDS)),
          template.subject(),
          SubjectPublicKeyInfo.getInstance(template.publicKey().getEncoded()));
      try {
        builder.addExtension(Extension.basicConstraints, true, constraints);
        builder.addExtension(
            Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(Certificates.keyId(template.publicKey()).toArray()));
        builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId.toArray()));
        for (Extension extension : template.extensions()) {
          builder.addExtension(extension);
        }
        var signer = new JcaContentSignerBuilder(type.signatureAlgorithm()).setProvider(Crypto.ofProcess().provider()).build(key);
        return Certificates.parse(Octets.of(builder.build(signer).getEncoded()));
      } catch (IOException | OperatorCreationException | DecodeException e) {
        throw new IllegalStateException("the certificate could not be made: " + e.getMessage(), e);
      }
    }
  }
}
