package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a peer names as idevid-issuer can be compared, names itself, and is no other's. */
class IdevidIssuerFuzzTest {
  private static final Octets KNOWN = Certificates.idevidIssuer(TestPki.root("Maker").idevid("SN-1").certificate());

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(KNOWN, KNOWN.slice(2, KNOWN.size()), KNOWN.slice(KNOWN.size() - 20, KNOWN.size()), Octets.hex("04023000"), Octets.hex("3000"),
        Octets.hex("0400"), Octets.hex("0404300280" + "00"), Octets.empty()).arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void comparesWhateverItGets(byte[] input) {
    Octets value = Octets.of(input);
    boolean same = Hostile.read(() -> Certificates.sameIdevidIssuer(value, KNOWN)).orElseThrow();
    assertThat(Hostile.read(() -> Certificates.sameIdevidIssuer(KNOWN, value))).contains(same);
    assertThat(Certificates.sameIdevidIssuer(value, value)).isEqualTo(!value.isEmpty());
  }
}
