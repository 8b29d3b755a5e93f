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

/** Behind the gate, Bouncy Castle's reader gets nothing that brings it down; what the gate takes as DER, it also takes as BER. */
class DerFuzzTest {
  private static final int LIMIT = 64 * 1024;

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(Certificates.der(TestPki.root("Root").certificate()), Octets.hex("30800000"), Octets.hex("3080".repeat(64)),
            Octets.hex("30".repeat(40)), Octets.hex("2480048101ff0000"), Octets.hex("1f8181818181810100"), Octets.hex("0284ffffffff"),
            Octets.hex("0685ffffffffff7f"), Octets.hex("2380030200ff0000"), Octets.hex("2803020101"))
        .andVectors("pki", ".der", ".b64").andVectors("csr", ".der", ".b64", ".hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsOneElementOrRefuses(byte[] input) {
    Octets octets = Octets.of(input);
    boolean distinguished = Hostile.read(() -> Der.parse(octets, LIMIT, "input")).isPresent();
    boolean basic = Hostile.read(() -> Der.parseBer(octets, LIMIT, "input")).isPresent();
    assertThat(basic || !distinguished).isTrue();
  }
}
