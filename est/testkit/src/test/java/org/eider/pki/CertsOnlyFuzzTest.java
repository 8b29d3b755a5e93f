package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A message of certificates is read or refused; what was read is written, and carries the same certificates. */
class CertsOnlyFuzzTest {
  static Stream<Arguments> seeds() {
    TestPki root = TestPki.root("Root");
    return Seeds.of(CertsOnly.encode(List.of(root.certificate())),
            CertsOnly.encode(List.of(root.certificate(), root.subordinate("Subordinate").certificate())),
            CmsSealer.seal(Octets.utf8("{}"), CmsSealer.DATA, root.credential(), TestPki.NOW))
        .andVectors("est", ".b64", ".p7c", ".p7b", ".der").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsCertificatesOrRefuses(byte[] input) {
    Hostile.read(() -> CertsOnly.decode(Octets.of(input))).ifPresent(certificates ->
        assertThat(Hostile.read(() -> CertsOnly.decode(CertsOnly.encode(certificates))).orElseThrow())
            .containsExactlyInAnyOrderElementsOf(certificates));
  }
}
