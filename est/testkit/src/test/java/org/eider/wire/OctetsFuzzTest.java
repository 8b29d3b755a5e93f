package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Hexadecimal digits are read or refused, and spelled again as they were. */
class OctetsFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of("", "0", "00", "aBcD", "0x12", "zz", "\uff10\uff11", "00 11").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsHexOrRefuses(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Hostile.read(() -> Octets.hex(text)).ifPresent(octets -> assertThat(octets.hex()).isEqualTo(text.toLowerCase(Locale.ROOT)));
  }
}
