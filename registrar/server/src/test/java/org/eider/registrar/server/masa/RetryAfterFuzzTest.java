package org.eider.registrar.server.masa;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.eider.est.http.HttpResponse;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a MASA says, a pledge is asked to come again within a minute, and is told nothing that a line of log cannot hold. */
class RetryAfterFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of("5", "0", "-1", "99999999999999999999", "Sat, 21 Nov 2026 12:00:00 GMT", "\u0665", "1e3", "", " 7 ", "\u202e\u2028\ud83d\ude00").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void isAlwaysWithinAMinute(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Duration delay = Hostile.read(() -> RetryAfter.of(HttpResponse.empty(202).with("retry-after", text))).orElseThrow();
    assertThat(delay).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
    assertThat(PeerText.clean(text).chars()).noneMatch(Character::isISOControl);
  }
}
