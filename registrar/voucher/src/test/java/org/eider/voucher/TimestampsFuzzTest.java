package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A time and a nonce are read or refused; what was read, we write as a peer can read it. */
class TimestampsFuzzTest {
  private static final String PATH = "text";

  static Stream<Arguments> seeds() {
    return Seeds.of("2026-11-21T12:00:00Z", "2026-11-21", "2026-11-21t12:00:60.123456789012z", "0000-01-01T00:00:00+18:00", "9999-12-31T23:59:59-18:00",
        "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:00:00+19:00", "\u0662\u0660\u0662\u0666-11-21", "AAAAAAAAAAAAAAAAAAAAAA==", "_-_-_-_-").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsOrRefuses(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Hostile.read(() -> Timestamps.parse(text, PATH)).ifPresent(instant ->
        assertThat(Hostile.read(() -> Timestamps.parse(instant.toString(), PATH))).contains(instant));
    Hostile.read(() -> Nonce.parse(text, PATH)).ifPresent(nonce -> {
      assertThat(nonce.text()).isEqualTo(text);
      assertThat(nonce.matches(nonce)).isTrue();
    });
  }
}
