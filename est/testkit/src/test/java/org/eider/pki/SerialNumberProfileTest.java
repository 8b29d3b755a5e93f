package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pki.SerialNumberProfile.CISCO_SUDI;
import static org.eider.pki.SerialNumberProfile.HARDWARE_MODULE_NAME;
import static org.eider.pki.SerialNumberProfile.SUBJECT_SERIAL_NUMBER;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8995 section 2.3.1, RFC 4108 section 5. */
class SerialNumberProfileTest {
  private static final TestPki PKI = TestPki.root("Root");
  private static final ASN1ObjectIdentifier HARDWARE_TYPE = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1");

  @Test
  void theSubjectIsTheDefaultPlace() {
    X509Certificate idevid = PKI.idevid("JADA123456789").certificate();
    assertThat(SUBJECT_SERIAL_NUMBER.serialNumber(idevid)).contains("JADA123456789");
    assertThat(SUBJECT_SERIAL_NUMBER.serialNumber(PKI.certificate())).isEmpty();
  }

  @Test
  void theHardwareModuleNameIsReadOnlyWhenChosen() {
    X509Certificate onlyHardware = hardware(new DERSequence(new ASN1Encodable[] {HARDWARE_TYPE, octets("HW-7")}));
    assertThat(SUBJECT_SERIAL_NUMBER.serialNumber(onlyHardware)).isEmpty();
    assertThat(HARDWARE_MODULE_NAME.serialNumber(onlyHardware)).contains("HW-7");
    assertThat(HARDWARE_MODULE_NAME.serialNumber(PKI.idevid("S-1").certificate())).contains("S-1");
    assertThat(HARDWARE_MODULE_NAME.serialNumber(PKI.registrar("r").certificate())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"01020304, 01020304", "00d0e5f20002, 00D0E5F20002", "ff, FF", "5a c3 bc, Zü", "410a42, 410A42", "20, 20", "c3, C3"})
  void octetsThatAreNoPrintableTextAreHex(String hex, String serial) throws DecodeException {
    X509Certificate idevid = hardware(new DERSequence(new ASN1Encodable[] {
      HARDWARE_TYPE, new DEROctetString(Octets.hex(hex.replace(" ", "")).toArray())
    }));
    assertThat(HARDWARE_MODULE_NAME.serialNumber(idevid)).contains(serial);
  }

  @Test
  void aMalformedHardwareModuleNameIsNone() {
    for (ASN1Encodable value : List.of(new DERSequence(), new DERSequence(HARDWARE_TYPE), octets("HW-7"), new DERUTF8String("HW-7"),
        new DERSequence(new ASN1Encodable[] {HARDWARE_TYPE, new DERUTF8String("HW-7")}),
        new DERSequence(new ASN1Encodable[] {octets("HW-7"), HARDWARE_TYPE}),
        new DERSequence(new ASN1Encodable[] {HARDWARE_TYPE, octets("")}))) {
      assertThat(HARDWARE_MODULE_NAME.serialNumber(hardware(value))).isEmpty();
    }
  }

  @Test
  void anotherOtherNameIsNoHardwareModuleName() {
    assertThat(HARDWARE_MODULE_NAME.serialNumber(named("1.3.6.1.5.5.7.8.10", new DERSequence(new ASN1Encodable[] {HARDWARE_TYPE, octets("x")})))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"PID:CHIMAY-U-AC SN:FDO27361XTF, FDO27361XTF", "PID:ISR4451-X/K9 SN:FOC1234567A, FOC1234567A", "'PID: SN:X', X"})
  void ofACiscoSudiWhatFollowsSnCounts(String attribute, String serial) {
    assertThat(CISCO_SUDI.serialNumber(subject(attribute))).contains(serial);
    assertThat(SUBJECT_SERIAL_NUMBER.serialNumber(subject(attribute))).contains(attribute);
  }

  @ParameterizedTest
  @CsvSource({"FDO27361XTF", "PID:CHIMAY-U-AC", "SN:FDO27361XTF", "PID:X SN:", "'PID:X SN:A B'", "PID:XSN:A", "pid:X sn:A"})
  void whatIsNoSudiHasNoSudiSerialNumber(String attribute) {
    assertThat(CISCO_SUDI.serialNumber(subject(attribute))).isEqualTo(Optional.empty());
  }

  private static X509Certificate subject(String serialNumber) {
    X500Name name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.SERIALNUMBER, serialNumber).build();
    return PKI.entity(name, List.of()).certificate();
  }

  private static X509Certificate hardware(ASN1Encodable value) {
    return named("1.3.6.1.5.5.7.8.4", value);
  }

  private static X509Certificate named(String oid, ASN1Encodable value) {
    GeneralName name = new GeneralName(GeneralName.otherName, new OtherName(new ASN1ObjectIdentifier(oid), value));
    Extension extension = CertificateMaker.extension(Extension.subjectAlternativeName, false, new GeneralNames(name));
    return PKI.entity(new X500Name("CN=x"), List.of(extension)).certificate();
  }

  private static DEROctetString octets(String text) {
    return new DEROctetString(Octets.utf8(text).toArray());
  }
}
