package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 5280 section 4. */
class CertificateMakerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00.5Z");
  private static final Instant TO = Instant.parse("2027-01-01T00:00:00Z");
  private static final KeyPair ROOT_KEY = KeyType.P256.generate(RANDOM);
  private static final X509Certificate ROOT =
      CertificateMaker.selfSignedCa(new X500Name("C=CH,O=Acme,CN=Root"), ROOT_KEY, BigInteger.TEN, FROM, CertificateMaker.NO_END, 1);
  private static final Credential ISSUER = new Credential(ROOT_KEY.getPrivate(), List.of(ROOT));

  @Test
  void aRootIsACertificationAuthority() throws Exception {
    ROOT.verify(ROOT_KEY.getPublic());
    assertThat(ROOT.getVersion()).isEqualTo(3);
    assertThat(ROOT.getBasicConstraints()).isEqualTo(1);
    assertThat(ROOT.getKeyUsage()).containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(ROOT.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    assertThat(Certificates.authorityKeyId(ROOT)).isEqualTo(Certificates.subjectKeyId(ROOT)).isPresent();
    assertThat(ROOT.getNotBefore().toInstant()).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void noWellDefinedEndIsGeneralizedTimeOfTheYear9999() {
    assertThat(ROOT.getNotAfter().toInstant()).isEqualTo("9999-12-31T23:59:59Z");
    assertThat(Certificates.der(ROOT).hex()).contains("180f" + HexFormat.of().formatHex("99991231235959Z".getBytes()));
  }

  @Test
  void aSubordinateCarriesTheIssuersNameOctetForOctet() throws Exception {
    KeyPair key = KeyType.P384.generate(RANDOM);
    X509Certificate subordinate = CertificateMaker.subordinateCa(ISSUER, new X500Name("CN=Sub"), key.getPublic(), BigInteger.TWO, FROM, TO, 0);
    subordinate.verify(ROOT_KEY.getPublic());
    assertThat(subordinate.getIssuerX500Principal().getEncoded()).isEqualTo(ROOT.getSubjectX500Principal().getEncoded());
    assertThat(subordinate.getBasicConstraints()).isZero();
    assertThat(Certificates.authorityKeyId(subordinate)).isEqualTo(Certificates.subjectKeyId(ROOT));
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void anEndEntityIsNoAuthorityWhateverItsKey(KeyType type) throws Exception {
    KeyPair key = type.generate(RANDOM);
    X509Certificate certificate = CertificateMaker.endEntity(ISSUER, template(key), BigInteger.valueOf(77));
    certificate.verify(ROOT_KEY.getPublic());
    assertThat(certificate.getPublicKey()).isEqualTo(key.getPublic());
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getSerialNumber()).isEqualTo(77);
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(Certificates.subjectKeyId(certificate).orElseThrow().size()).isEqualTo(20);
    assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("device.example", "192.0.2.7", "2001:db8:0:0:0:0:0:7");
  }

  @ParameterizedTest
  @EnumSource(names = {"P384", "P521", "RSA2048", "ED25519"})
  void anIssuerSignsWithTheAlgorithmOfItsKey(KeyType type) throws Exception {
    KeyPair root = type.generate(RANDOM);
    Credential issuer = new Credential(root.getPrivate(),
        List.of(CertificateMaker.selfSignedCa(new X500Name("CN=R"), root, BigInteger.ONE, FROM, TO, -1)));
    X509Certificate certificate = CertificateMaker.endEntity(issuer, template(KeyType.P256.generate(RANDOM)), BigInteger.TWO);
    certificate.verify(root.getPublic());
    assertThat(issuer.certificate().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void otherImplementationsReadIt() throws Exception {
    X509Certificate ours = CertificateMaker.endEntity(ISSUER, template(KeyType.P256.generate(RANDOM)), BigInteger.TWO);
    X509Certificate theirs = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Certificates.der(ours).toArray()));
    assertThat(theirs.getClass().getName()).startsWith("sun.");
    theirs.verify(ROOT_KEY.getPublic());
    assertThat(Certificates.adopt(List.of(theirs))).containsExactly(ours);
  }

  @Test
  void serialsArePositiveAndFitTwentyOctets() {
    for (int i = 0; i < 200; i++) {
      BigInteger serial = CertificateMaker.newSerial(RANDOM);
      assertThat(serial.signum()).isPositive();
      assertThat(serial.toByteArray().length).isLessThanOrEqualTo(20);
    }
    assertThat(CertificateMaker.newSerial(RANDOM)).isNotEqualTo(CertificateMaker.newSerial(RANDOM));
  }

  @Test
  void aSerialOfZeroIsDrawnAgain() {
    SecureRandom stuck = new SecureRandom() {
      private static final long serialVersionUID = 1L;
      private int calls;

      @Override
      public void nextBytes(byte[] bytes) {
        java.util.Arrays.fill(bytes, (byte) calls++);
      }
    };
    assertThat(CertificateMaker.newSerial(stuck).signum()).isPositive();
  }

  @Test
  void aWeakIssuerKeyIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(1024);
    KeyPair weak = generator.generateKeyPair();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CertificateMaker.selfSignedCa(new X500Name("CN=R"), weak, BigInteger.ONE, FROM, TO, -1));
  }

  private static LdevidTemplate template(KeyPair key) {
    return new LdevidTemplate(new X500Name("CN=device"), key.getPublic(), FROM, TO, List.of(
        CertificateMaker.keyUsage(KeyUsage.digitalSignature),
        CertificateMaker.extendedKeyUsage(List.of("1.3.6.1.5.5.7.3.2")),
        CertificateMaker.subjectAltName(List.of("device.example"), List.of("192.0.2.7", "2001:db8::7"))));
  }
}
