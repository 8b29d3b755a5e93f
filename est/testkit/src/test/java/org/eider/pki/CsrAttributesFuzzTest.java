package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** CSR attributes are read or refused; what was read is written, and means the same. */
class CsrAttributesFuzzTest {
  static Stream<Arguments> seeds() throws DecodeException {
    Extensions extensions = new Extensions(CertificateMaker.subjectAltName(java.util.List.of("a.example.net"), java.util.List.of()));
    return Seeds.of(CsrAttributes.of(KeyType.P256, Optional.of(extensions), true).encode(),
            CsrAttributes.of(KeyType.RSA3072, Optional.empty(), false).encode(),
            CsrAttributes.of(KeyType.ED25519, Optional.of(extensions), true).encode(), Octets.hex("3000"))
        .andVectors("est", ".b64").andVectors("csr", ".der").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAttributesOrRefuses(byte[] input) {
    Hostile.read(() -> CsrAttributes.parse(Octets.of(input))).ifPresent(attributes -> {
      Octets written = attributes.encode();
      CsrAttributes again = Hostile.read(() -> CsrAttributes.parse(written)).orElseThrow();
      assertThat(again.encode()).isEqualTo(written);
      assertThat(again.keyType()).isEqualTo(attributes.keyType());
      assertThat(again.extensions().isPresent()).isEqualTo(attributes.extensions().isPresent());
      assertThat(again.asksForChallengePassword()).isEqualTo(attributes.asksForChallengePassword());
    });
  }
}
