package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A request target is read or refused, and none that was read climbs out of where it seems to be. */
class TargetFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of("/", "/.well-known/est/simpleenroll?a=b", "https://host:1/a%2fb", "//x/%2e%2e/", "/%C3%BC%", "*", "/a/./b", "http://", "/%00", "/a#b",
        "HTTPS://x?y", "/%2F%2f%25%32%66").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsOrRefuses(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    Hostile.read(() -> Target.parse(text)).ifPresent(target -> {
      assertThat(target.path()).startsWith("/");
      assertThat(Arrays.asList(target.path().split("/", -1))).doesNotContain(".", "..");
      assertThat(target.literal()).isBetween(0, target.path().length());
      assertThat(target.path().chars()).noneMatch(c -> c < ' ' || c == 0x7f);
    });
  }
}
