package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.eider.pki.KeyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LdevidNamesTest {
  @ParameterizedTest
  @ValueSource(strings = {
      "SN-1", "1,CN=admin", "1+CN=admin", "\"quoted\"", "a\\,b", "#0c0561646d696e", "; OU=x", "{manufacturer}", "{serial}", "=", "<>", "1 2"})
  void aSerialNumberOfWhateverKindIsTheValueOfItsAttributeAndNothingElse(String serial) {
    X500Name subject = names("serialNumber={serial},O=Example Site").subject(new DeviceId("acme", serial));

    assertThat(subject.getRDNs()).hasSize(2).allMatch(rdn -> rdn.size() == 1);
    assertThat(value(subject.getRDNs()[0])).isEqualTo("Example Site");
    assertThat(subject.getRDNs()[1].getFirst().getType()).isEqualTo(BCStyle.SERIALNUMBER);
    assertThat(value(subject.getRDNs()[1])).isEqualTo(serial);
  }

  @Test
  void theFirstWrittenIsTheLastEncoded() {
    X500Name subject = names("CN={serial} of {manufacturer},OU=Devices,C=DE").subject(new DeviceId("acme", "7"));

    assertThat(subject.getRDNs()).extracting(rdn -> rdn.getFirst().getType()).containsExactly(BCStyle.C, BCStyle.OU, BCStyle.CN);
    assertThat(value(subject.getRDNs()[2])).isEqualTo("7 of acme");
  }

  @Test
  void severalAttributesInOneRdnStayTogether() {
    X500Name subject = names("CN=device+serialNumber={serial},O=x").subject(new DeviceId("acme", "7"));

    assertThat(subject.getRDNs()).hasSize(2);
    assertThat(subject.getRDNs()[1].size()).isEqualTo(2);
  }

  @Test
  void dnsNamesAreMadeOfSerialNumbersThatAreLabels() {
    assertThat(dnsNames("SN-1")).containsExactly("sn-1.devices.example", "gateway.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "evil.example,x", "-1", "1-", "a b", "*", "a_b", "", "\u00e4"})
  void otherSerialNumbersMakeNoDnsName(String serial) {
    assertThat(dnsNames(serial)).containsExactly("gateway.example");
  }

  @Test
  void aLabelOf64CharactersMakesNoDnsName() {
    assertThat(dnsNames("9".repeat(64))).containsExactly("gateway.example");
    assertThat(dnsNames("9".repeat(63))).hasSize(2);
  }

  private static List<String> dnsNames(String serial) {
    return new LdevidNames(profile("CN=x", List.of("{serial}.devices.example", "gateway.example"))).dnsNames(new DeviceId("acme", serial));
  }

  private static LdevidNames names(String subject) {
    return new LdevidNames(profile(subject, List.of()));
  }

  private static EnrolmentProfile profile(String subject, List<String> dnsNames) {
    return new EnrolmentProfile(subject, dnsNames, Set.of(KeyType.P256), KeyType.P256, Duration.ofDays(1), List.of());
  }

  private static String value(RDN rdn) {
    return ((ASN1String) rdn.getFirst().getValue()).getString();
  }
}
