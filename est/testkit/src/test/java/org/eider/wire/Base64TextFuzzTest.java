package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every profile of {@link Base64Text} reads or refuses; what it has read, it reads again from our own base64. */
class Base64TextFuzzTest {
  private static final String PATH = "text";

  static Stream<Arguments> seeds() {
    return Seeds.of("", "=", "====", "AA==", "AAA=", "AAAA", "AB==", "-_-_", "AA", "A", " A A\r\n=\t=", "AAAA====", "AA=A", "\u00e4\u00f6AA").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void decodesOrRefuses(byte[] input) throws DecodeException {
    String text = new String(input, StandardCharsets.UTF_8);
    agrees(Hostile.read(() -> Base64Text.strict(text, PATH)).orElse(Octets.empty()));
    agrees(Hostile.read(() -> Base64Text.lenient(text, PATH)).orElse(Octets.empty()));
    agrees(Hostile.read(() -> Base64Text.body(Octets.of(input), PATH)).orElse(Octets.empty()));
    Hostile.read(() -> Base64Text.strict(text, PATH)).ifPresent(octets ->
        assertThat(Hostile.read(() -> Base64Text.lenient(text, PATH))).as("the lenient profile takes what the strict one takes").contains(octets));
  }

  /** An encoding of what came out is taken by every profile, and means the same. */
  private static void agrees(Octets octets) throws DecodeException {
    assertThat(Base64Text.strict(octets.base64(), PATH)).isEqualTo(octets);
    assertThat(Base64Text.lenient(octets.base64(), PATH)).isEqualTo(octets);
    assertThat(Base64Text.body(Octets.utf8(octets.base64()), PATH)).isEqualTo(octets);
  }
}
