package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** PEM certificates are read or refused, and written as they were read. */
class PemFuzzTest {
  static Stream<Arguments> seeds() {
    String one = Certificates.pem(List.of(TestPki.root("Root").certificate()));
    return Seeds.of(one, one + one, one.replace("\n", "\r\n"), one.substring(0, 90), "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".repeat(5), "text\n" + one).arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsCertificatesOrRefuses(byte[] input) {
    String pem = new String(input, StandardCharsets.UTF_8);
    Hostile.read(() -> Certificates.parsePem(pem)).ifPresent(certificates ->
        assertThat(Hostile.read(() -> Certificates.parsePem(Certificates.pem(certificates)))).contains(certificates));
  }
}
