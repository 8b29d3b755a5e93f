package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasaLocatorTest {
  private final TestPki acme = TestPki.manufacturer("acme", "");

  @ParameterizedTest
  @CsvSource({
      "masa.example, masa.example, true",
      "masa.example, masa.example:9443, true",
      "masa.example, MASA.example, true",
      "masa.example, https://masa.example:9443/other/path, true",
      "masa.example:9443, masa.example:9443, true",
      "masa.example:9443, masa.example:9444, false",
      "masa.example:9443, masa.example, false",
      "masa.example:443, masa.example, true",
      "masa.example, sub.masa.example, false",
      "masa.example, masa.example.evil.example, false",
      "masa.example, xmasa.example, false",
      "[::1]:9443, [::1]:9443, true",
      "::1, [::1]:9443, true",
      "[::1]:9443, [::2]:9443, false"})
  void anAllowedHostMeansExactlyThatHostAndPort(String allowed, String named, boolean expected) throws Exception {
    assertThat(MasaLocator.allows(manufacturer(Set.of(allowed), Optional.empty()), MasaUri.parse(named))).isEqualTo(expected);
  }

  @Test
  void nothingIsAllowedByDefault() throws Exception {
    assertThat(MasaLocator.allows(manufacturer(Set.of(), Optional.empty()), MasaUri.parse("masa.example"))).isFalse();
  }

  @Test
  void theConfiguredMasasHostIsAllowed() throws Exception {
    Manufacturer manufacturer = manufacturer(Set.of(), Optional.of(MasaUri.parse("masa.example:9443")));

    assertThat(MasaLocator.allows(manufacturer, MasaUri.parse("masa.example:9444"))).isTrue();
    assertThat(MasaLocator.allows(manufacturer, MasaUri.parse("other.example:9443"))).isFalse();
  }

  private Manufacturer manufacturer(Set<String> allowed, Optional<MasaUri> masa) {
    return new Manufacturer("acme", List.of(acme.certificate()), masa, allowed, List.of(), List.of(acme.certificate()),
        Manufacturer.Admission.AUTO, SerialNumberProfile.SUBJECT_SERIAL_NUMBER, false);
  }
}
