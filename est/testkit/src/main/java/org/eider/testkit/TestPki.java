package org.eider.testkit;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.MasaUri;

/** A certification authority made on the spot, with whatever end entities a test needs. Validity is around {@link #NOW}. */
public final class TestPki {
  /** The clock of tests. */
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  /** Start of validity of whatever does not say otherwise. */
  public static final Instant NOT_BEFORE = NOW.minus(Duration.ofDays(30));
  /** End of validity of whatever does not say otherwise. */
  public static final Instant NOT_AFTER = NOW.plus(Duration.ofDays(3650));

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final ASN1ObjectIdentifier HARDWARE_MODULE_NAME = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.4");
  private static final ASN1ObjectIdentifier HARDWARE_TYPE = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.1");

  private static final Extension SIGNING = CertificateMaker.keyUsage(KeyUsage.digitalSignature);

  private final String name;
  private final String masaUri;
  private final Credential authority;

  private TestPki(String name, String masaUri, Credential authority) {
    this.name = name;
    this.masaUri = masaUri;
    this.authority = authority;
  }

  /** A self-signed root, P-256, named {@code CN=name}. */
  public static TestPki root(String name) {
    return root(name, KeyType.P256);
  }

  /** A self-signed root of another key type. */
  public static TestPki root(String name, KeyType type) {
    return new TestPki(name, "", selfSigned(name, type));
  }

  /** The root of a manufacturer: IDevIDs name {@code masaUri} in their extension; empty text for no extension. */
  public static TestPki manufacturer(String name, String masaUri) {
    return new TestPki(name, masaUri, selfSigned(name, KeyType.P256));
  }

  /** An authority below this one: its end entities send its certificate along. */
  public TestPki subordinate(String subordinateName) {
    KeyPair key = key(KeyType.P256);
    X509Certificate certificate = CertificateMaker.subordinateCa(
        authority, commonName(subordinateName), key.getPublic(), CertificateMaker.newSerial(RANDOM), NOT_BEFORE, NOT_AFTER, -1);
    return new TestPki(subordinateName, masaUri, new Credential(key.getPrivate(), withChain(certificate, authority.chain())));
  }

  /** The certificate of this authority; for a root, the anchor. */
  public X509Certificate certificate() {
    return authority.certificate();
  }

  /** The authority as a credential. */
  public Credential credential() {
    return authority;
  }

  /** An IDevID (subject serialNumber, HardwareModuleName, MASA URI, valid until 99991231) of a P-256 key. */
  public Credential idevid(String serialNumber) {
    return idevid(serialNumber, KeyType.P256);
  }

  /** An IDevID of another key type. */
  public Credential idevid(String serialNumber, KeyType type) {
    X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, name)
        .addRDN(BCStyle.SERIALNUMBER, serialNumber)
        .build();
    List<Extension> extensions = new ArrayList<>(List.of(SIGNING, hardwareModuleName(serialNumber)));
    if (!masaUri.isEmpty()) {
      extensions.add(MasaUri.extension(masaUri));
    }
    return issue(subject, type, NOT_BEFORE, CertificateMaker.NO_END, extensions, false);
  }

  /** A registrar certificate: cmcRA, serverAuth and clientAuth, SANs localhost and loopback addresses; chain includes the root. */
  public Credential registrar(String registrarName) {
    List<Extension> extensions = List.of(
        SIGNING,
        CertificateMaker.extendedKeyUsage(List.of(Certificates.CMC_RA, SERVER_AUTH, CLIENT_AUTH)),
        CertificateMaker.subjectAltName(List.of("localhost"), List.of("127.0.0.1", "::1")));
    return issue(commonName(registrarName), KeyType.P256, NOT_BEFORE, NOT_AFTER, extensions, true);
  }

  /** A TLS server certificate for DNS names and IP addresses; chain without the root. */
  public Credential server(List<String> dnsNames, List<String> ipAddresses) {
    List<Extension> extensions = List.of(
        SIGNING,
        CertificateMaker.extendedKeyUsage(List.of(SERVER_AUTH)),
        CertificateMaker.subjectAltName(dnsNames, ipAddresses));
    return issue(commonName("server of " + name), KeyType.P256, NOT_BEFORE, NOT_AFTER, extensions, false);
  }

  /** An end entity without any particular usage, for instance a voucher signer. */
  public Credential signer(String signerName, KeyType type) {
    return issue(commonName(signerName), type, NOT_BEFORE, NOT_AFTER, List.of(SIGNING), false);
  }

  /** An end entity with exactly this validity. */
  public Credential signer(String signerName, Instant notBefore, Instant notAfter) {
    return issue(commonName(signerName), KeyType.P256, notBefore, notAfter, List.of(SIGNING), false);
  }

  /** An end entity with exactly these extensions beside basic constraints and key identifiers. */
  public Credential entity(X500Name subject, List<Extension> extensions) {
    return issue(subject, KeyType.P256, NOT_BEFORE, NOT_AFTER, extensions, false);
  }

  /** A fresh key pair. */
  public static KeyPair key(KeyType type) {
    return type.generate(RANDOM);
  }

  private Credential issue(X500Name subject, KeyType type, Instant from, Instant to, List<Extension> extensions, boolean withRoot) {
    KeyPair key = key(type);
    X509Certificate certificate = CertificateMaker.endEntity(
        authority, new LdevidTemplate(subject, key.getPublic(), from, to, extensions), CertificateMaker.newSerial(RANDOM));
    List<X509Certificate> issuers = authority.chain();
    return new Credential(key.getPrivate(), withChain(certificate, withRoot ? issuers : issuers.subList(0, issuers.size() - 1)));
  }

  private static Credential selfSigned(String name, KeyType type) {
    KeyPair key = key(type);
    X509Certificate certificate =
        CertificateMaker.selfSignedCa(commonName(name), key, CertificateMaker.newSerial(RANDOM), NOT_BEFORE, NOT_AFTER, -1);
    return new Credential(key.getPrivate(), List.of(certificate));
  }

  private static Extension hardwareModuleName(String serialNumber) {
    DERSequence value = new DERSequence(new ASN1Encodable[] {
      HARDWARE_TYPE, new DEROctetString(serialNumber.getBytes(StandardCharsets.UTF_8))
    });
    GeneralName other = new GeneralName(GeneralName.otherName, new OtherName(HARDWARE_MODULE_NAME, value));
    return CertificateMaker.extension(Extension.subjectAlternativeName, false, new GeneralNames(other));
  }

  private static X500Name commonName(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static List<X509Certificate> withChain(X509Certificate certificate, List<X509Certificate> issuers) {
    return Stream.concat(Stream.of(certificate), issuers.stream()).toList();
  }
}
