package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9525 section 6. */
class ServiceNameTest {
  private static final TestPki PKI = TestPki.root("Root");

  @ParameterizedTest
  @CsvSource({"masa.example.com, masa.example.com", "masa.example.com, MASA.Example.COM", "MASA.EXAMPLE.COM, masa.example.com",
      "masa.example.com, masa.example.com.", "*.example.com, masa.example.com", "*.Example.com, a-b.example.COM", "localhost, localhost"})
  void aDnsNameMatches(String presented, String host) {
    assertThatCode(() -> ServiceName.check(certificate(presented), host)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"masa.example.com, example.com", "example.com, masa.example.com", "masa.example.com, masa.example.com.evil.example",
      "*.example.com, example.com", "*.example.com, a.b.example.com", "*.com, example.com", "*, localhost", "m*.example.com, masa.example.com",
      "*a.example.com, masa.example.com", "masa.*.com, masa.example.com", "*.*.com, masa.example.com", "*.example.com, *.example.com",
      "*.example.com, .example.com", "masa.example.com, masa.example.com..", "masa..com, masa..com", "*.0.0.1, 127.0.0.1"})
  void anyOtherDnsNameDoesNot(String presented, String host) {
    assertRefused(certificate(presented), host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "masa.example.com\u0000.evil.example", "masa.example.com:443", "https://masa.example.com"})
  void whatIsNoHostIsNeverNamed(String host) {
    assertRefused(certificate("masa.example.com"), host);
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, 192.0.2.1", "2001:db8::1, 2001:db8::1", "2001:db8::1, 2001:0DB8:0:0:0:0:0:1", "::1, [::1]"})
  void anAddressMatchesAsOctets(String presented, String host) {
    assertThatCode(() -> ServiceName.check(PKI.server(List.of(), List.of(presented)).certificate(), host)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, 192.0.2.2", "192.0.2.1, 2001:db8::1", "2001:db8::1, 2001:db8::2", "0.0.0.0, localhost"})
  void anotherAddressDoesNot(String presented, String host) {
    assertRefused(PKI.server(List.of("other.example"), List.of(presented)).certificate(), host);
  }

  @Test
  void anAddressInADnsNameIsNoAddress() {
    assertRefused(certificate("192.0.2.1"), "192.0.2.1");
  }

  @Test
  void theCommonNameNeverCounts() {
    X509Certificate none = PKI.entity(new X500Name("CN=masa.example.com"), List.of()).certificate();
    assertRefused(none, "masa.example.com");
    Extension mail = CertificateMaker.extension(
        Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.rfc822Name, "masa.example.com")));
    assertRefused(PKI.entity(new X500Name("CN=masa.example.com"), List.of(mail)).certificate(), "masa.example.com");
  }

  @Test
  void anyOfSeveralNamesWillDo() {
    X509Certificate certificate = PKI.server(List.of("one.example", "two.example"), List.of("192.0.2.1", "::1")).certificate();
    for (String host : List.of("one.example", "two.example", "192.0.2.1", "::1")) {
      assertThatCode(() -> ServiceName.check(certificate, host)).doesNotThrowAnyException();
    }
  }

  private static X509Certificate certificate(String dnsName) {
    return PKI.server(List.of(dnsName), List.of()).certificate();
  }

  private static void assertRefused(X509Certificate certificate, String host) {
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> ServiceName.check(certificate, host))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_NAME));
  }
}
