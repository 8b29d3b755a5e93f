package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a peer names as media type is read or refused, and can be compared. */
class MediaTypeFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of("application/voucher-cms+json", "*/*;q=0", "text/html;q=NaN", "a/b;c=\"d\";e", "a/b;=;;q=0x1p3", "A/B; Q=1e400", "/", "a/b/c",
        "application/pkcs7-mime; smime-type=certs-only", "a/b;" + "x=y;".repeat(300)).arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsOrRefuses(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Hostile.read(() -> MediaType.parse(text)).ifPresent(type -> {
      assertThat(type.is(type)).isTrue();
      assertThat(type.accepts(MediaType.JSON) && type.is(MediaType.PKCS7)).isFalse();
      MediaType bare = new MediaType(type.type(), type.subtype(), java.util.Map.of());
      assertThat(Hostile.read(() -> MediaType.parse(bare.toString()))).contains(bare);
    });
  }
}
