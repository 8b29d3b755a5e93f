package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever octets come and whatever is expected next, {@link CborReader} reads it or refuses, and makes no more octets than it got. */
class CborReaderFuzzTest {
  private static final int LIMIT = 64 * 1024;

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(Octets.hex("0082414142424242"), Octets.hex("009f4100ff"), Octets.hex("00825f41004100ff40"), Octets.hex("05824100c1a0"),
            Octets.hex("018141005bffffffffffffffff"), Octets.hex("03818181818181818181818181818181818181818181"), Octets.hex("009a7fffffff"),
            Octets.hex("0782410041008263616263a10102"), Octets.hex("0182c24100f97e00"), Octets.hex("03827f61616162ffa1016161"))
        .andVectors("join-proxy", ".hex", ".bin").andVectors("cose-voucher", ".hex").arguments();
  }

  /** The bits of the first octet tell what is asked of the reader. */
  @MethodSource("seeds")
  @FuzzTest
  void readsWhatIsAskedForOrRefuses(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Octets cbor = Octets.of(input).slice(1, input.length);
    Hostile.read(() -> read(cbor, input[0] & 7));
  }

  private static int read(Octets cbor, int asked) throws DecodeException {
    CborReader reader = CborReader.of(cbor, LIMIT);
    int octets = 0;
    reader.startArray("top");
    if ((asked & 1) != 0) {
      octets += reader.octets("first").size();
    }
    if ((asked & 2) != 0) {
      reader.startArray("second");
      reader.skipToEndOfArray("second");
    }
    if ((asked & 4) != 0) {
      octets += reader.octets("third").size();
    }
    reader.skipToEndOfArray("top");
    reader.end();
    assertThat(octets).isLessThan(cbor.size());
    return octets;
  }
}
