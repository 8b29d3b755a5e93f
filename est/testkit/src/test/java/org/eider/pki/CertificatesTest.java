package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5280, RFC 8995 sections 2.3 and 5.8.2, RFC 8366bis section 6. */
class CertificatesTest {
  private static final TestPki PKI = TestPki.manufacturer("Acme", "masa.example.com:9443");
  private static final X509Certificate IDEVID = PKI.idevid("S-1").certificate();
  private static final byte[] DER = Certificates.der(IDEVID).toArray();

  @Test
  void aCertificateIsItsOctets() throws DecodeException {
    assertThat(Certificates.parse(Octets.of(DER))).isEqualTo(IDEVID);
    assertThat(Certificates.der(IDEVID)).isEqualTo(Octets.of(DER));
  }

  @Test
  void everyPrefixIsTruncated() {
    for (int length = 0; length < DER.length; length++) {
      Octets prefix = Octets.of(DER).slice(0, length);
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(prefix))
          .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRUNCATED));
    }
  }

  @Test
  void trailingOctetsAreRefused() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(Octets.of(Arrays.copyOf(DER, DER.length + 1))))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRAILING_BYTES));
  }

  @Test
  void noChangedOctetMakesAnythingElseThanADecodeException() {
    for (int i = 0; i < DER.length; i++) {
      for (int change : new int[] {0x01, 0x20, 0x80, 0xff}) {
        byte[] changed = DER.clone();
        changed[i] ^= (byte) change;
        readEverything(Octets.of(changed));
      }
    }
  }

  private static void readEverything(Octets der) {
    try {
      X509Certificate read = Certificates.parse(der);
      assertThat(Certificates.der(read)).isEqualTo(der);
      Certificates.idevidIssuer(read);
      Certificates.domainId(read);
      Certificates.authorityKeyId(read);
      Certificates.subjectSerialNumber(read);
      Certificates.hasExtendedKeyUsage(read, Certificates.CMC_RA);
      for (SerialNumberProfile profile : SerialNumberProfile.values()) {
        profile.serialNumber(read);
      }
      KeyType.of(read.getPublicKey());
      MasaUri.of(read);
    } catch (DecodeException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void moreThanSixtyFourKibAreNotRead() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(Octets.of(new byte[Certificates.MAX_SIZE + 1])))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  @Test
  void otherThingsThatTheFactoryWouldTakeAreRefused() {
    Octets pkcs7 = CertsOnly.encode(List.of(IDEVID));
    Octets pem = Octets.utf8(Certificates.pem(List.of(IDEVID)));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(pkcs7));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(pem));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parse(Octets.utf8("<html>")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.5.29.15", "2.5.29.17", "2.5.29.30", "2.5.29.36", "2.5.29.37"})
  void anExtensionThatIsNotOfItsTypeIsRefusedAtOnce(String oid) {
    Extension nonsense = new Extension(new ASN1ObjectIdentifier(oid), false, new byte[] {2, 1, 1});
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> PKI.entity(new X500Name("CN=x"), List.of(nonsense)));
  }

  @Test
  void anExtensionNestedTooDeepIsRefusedAtOnce() {
    byte[] deep = new byte[20_000];
    for (int i = 0; i < deep.length; i += 2) {
      deep[i] = 0x30;
      deep[i + 1] = (byte) 0x80;
    }
    Extension bomb = new Extension(Extension.subjectAlternativeName, false, new DEROctetString(deep));
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> PKI.entity(new X500Name("CN=x"), List.of(bomb)));
  }

  @Test
  void pemHoldsCertificatesInOrderAndIgnoresTextBetween() throws DecodeException {
    String text = "subject=one\n" + Certificates.pem(List.of(IDEVID)) + "\r\n # two\r\n" + Certificates.pem(List.of(PKI.certificate())).replace("\n", "\r\n");
    assertThat(Certificates.parsePem(text)).containsExactly(IDEVID, PKI.certificate());
  }

  @Test
  void otherPemIsRefused() {
    String pem = Certificates.pem(List.of(IDEVID));
    for (String text : List.of("", "nothing", pem + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem.substring(0, pem.length() / 2), pem.replace("-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"), pem.replaceFirst("\nMII", "\n*II"))) {
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Certificates.parsePem(text));
    }
  }

  @Test
  void domainIdIsTheSubjectKeyIdentifierValue() {
    assertThat(Certificates.domainId(PKI.certificate()).hex())
        .isEqualTo(HexFormat.of().formatHex(PKI.certificate().getExtensionValue("2.5.29.14"), 4, 24));
  }

  @Test
  void idevidIssuerIsTheWholeExtensionValue() {
    Octets issuer = Certificates.idevidIssuer(IDEVID);
    assertThat(issuer).isEqualTo(Octets.of(IDEVID.getExtensionValue("2.5.29.35")));
    assertThat(issuer.hex()).startsWith("041830168014").endsWith(Certificates.subjectKeyId(PKI.certificate()).orElseThrow().hex());
  }

  @Test
  void theThreeShapesOfIdevidIssuerAreTheSame() {
    Octets wrapped = Certificates.idevidIssuer(IDEVID);
    Octets bare = wrapped.slice(2, wrapped.size());
    Octets keyId = wrapped.slice(6, wrapped.size());
    for (Octets one : List.of(wrapped, bare, keyId)) {
      for (Octets other : List.of(wrapped, bare, keyId)) {
        assertThat(Certificates.sameIdevidIssuer(one, other)).isTrue();
      }
    }
  }

  @Test
  void differentIssuersAreDifferentInEveryShape() throws DecodeException {
    Octets wrapped = Certificates.idevidIssuer(IDEVID);
    Octets other = Certificates.idevidIssuer(TestPki.root("Other").idevid("S-1").certificate());
    for (Octets one : List.of(wrapped, wrapped.slice(2, 26), wrapped.slice(6, 26))) {
      for (Octets two : List.of(other, other.slice(2, 26), other.slice(6, 26), Octets.empty(), Octets.hex("00"), Octets.hex("3000"), Octets.hex("0400"))) {
        assertThat(Certificates.sameIdevidIssuer(one, two)).isFalse();
        assertThat(Certificates.sameIdevidIssuer(two, one)).isFalse();
      }
    }
    assertThat(Certificates.sameIdevidIssuer(Octets.empty(), Octets.empty())).isFalse();
  }

  @Test
  void extendedKeyUsageIsNamedOrNot() {
    X509Certificate registrar = PKI.registrar("r").certificate();
    assertThat(Certificates.hasExtendedKeyUsage(registrar, Certificates.CMC_RA)).isTrue();
    assertThat(Certificates.hasExtendedKeyUsage(registrar, "1.3.6.1.5.5.7.3.3")).isFalse();
    assertThat(Certificates.hasExtendedKeyUsage(IDEVID, Certificates.CMC_RA)).isFalse();
  }

  @Test
  void theSerialNumberAttributeIsNotTheCertificateSerialNumber() {
    assertThat(Certificates.subjectSerialNumber(IDEVID)).contains("S-1");
    assertThat(Certificates.subjectSerialNumber(PKI.certificate())).isEmpty();
  }

  @Test
  void theFirstOfSeveralSerialNumbersCounts() {
    X509Certificate two = PKI.entity(new X500Name("SERIALNUMBER=first+CN=x,SERIALNUMBER=second"), List.of()).certificate();
    assertThat(Certificates.subjectSerialNumber(two)).contains("first");
  }

  @Test
  void theMasaIsReadFromTheIdevid() throws DecodeException {
    assertThat(MasaUri.of(IDEVID)).contains(MasaUri.parse("masa.example.com:9443"));
    assertThat(MasaUri.of(TestPki.root("R").idevid("S").certificate())).isEmpty();
    assertThat(IDEVID.getCriticalExtensionOIDs()).doesNotContain(MasaUri.OID);
  }

  @Test
  void aMasaExtensionThatIsNotAnIa5StringIsAFlaw() {
    for (byte[] value : new byte[][] {{0x0c, 1, 'x'}, {0x16, 2, 'x'}, {}, {0x16, 1, 'x', 0}, "masa.example.com".getBytes()}) {
      X509Certificate odd = PKI.entity(new X500Name("CN=x"), List.of(new Extension(new ASN1ObjectIdentifier(MasaUri.OID), false, value))).certificate();
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MasaUri.of(odd));
    }
  }
}
