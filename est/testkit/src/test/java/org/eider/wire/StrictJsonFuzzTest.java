package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever octets come, {@link StrictJson} reads an object or refuses; what it has read, it writes and reads again. */
class StrictJsonFuzzTest {
  private static final int LIMIT = 64 * 1024;

  static Stream<Arguments> seeds() {
    return Seeds.of("{}", "{\"a\":{\"b\":[1,-2.5e3,true,null,\"\\u00fc\"]}}", "{\"a\":1,\"a\":2}", "[".repeat(500), "{\"a\":".repeat(40),
            "{\"a\":" + "9".repeat(5000) + "}", "{\"a\":1e999999999}", "{\"a\":-0.0}", "{\"a\":\"\\ud800\"}", "{\"" + "k".repeat(300) + "\":1}",
            "\uFEFF{}", "{} {}", "{\"a\":\"" + "x".repeat(4000) + "\"}")
        .andVectors("cms-voucher", ".json").andVectors("jws-voucher", ".json").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAnObjectOrRefuses(byte[] input) throws DecodeException {
    Optional<ObjectNode> object = Hostile.read(() -> StrictJson.object(Octets.of(input), LIMIT));
    if (object.isPresent()) {
      Octets written = StrictJson.encode(object.get());
      assertThat(StrictJson.encode(StrictJson.object(written, 8 * LIMIT))).isEqualTo(written);
    }
  }
}
