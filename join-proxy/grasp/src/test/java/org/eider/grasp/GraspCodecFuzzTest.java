package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A GRASP message is read or refused; what was read is written and printed, and means the same. */
class GraspCodecFuzzTest {
  private static final GraspCodec CODEC = GraspCodec.standard();

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(Octets.hex("8100"), Octets.hex("821863" + "01"), Octets.hex("9fff"), Octets.hex("84070105811864"), Octets.hex("83060182186661" + "61"))
        .andVectors("grasp", ".hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAMessageOrRefuses(byte[] input) {
    Hostile.read(() -> CODEC.decode(Octets.of(input))).ifPresent(message -> {
      assertThat(Diagnostics.of(message).chars()).noneMatch(Character::isISOControl);
      if (!(message instanceof Message.Unknown)) {
        assertThat(Hostile.read(() -> CODEC.decode(GraspEncoder.encode(message)))).contains(message);
      }
    });
  }
}
