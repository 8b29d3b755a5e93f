package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.MultipartCore.Part;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A body of several representations is read or refused; one that was read is written, and is the same. */
class MultipartCoreFuzzTest {
  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(
        new MultipartCore(List.of(Part.of(ContentFormat.PKCS8, Octets.utf8("key")), new Part(65_535, Optional.empty()))).encode(),
        new MultipartCore(List.of()).encode(), Octets.hex("9f19011c5f41014102ff00f6ff"), Octets.hex("8319011c4100"))
        .andVectors("est", ".cbor").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsPartsOrRefuses(byte[] input) {
    Hostile.read(() -> MultipartCore.decode(Octets.of(input))).ifPresent(body -> {
      assertThat(Hostile.read(() -> MultipartCore.decode(body.encode()))).contains(body);
      assertThat(body.encode().size()).isLessThanOrEqualTo(input.length);
      body.first(ContentFormat.PKCS8);
    });
  }
}
