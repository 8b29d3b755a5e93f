package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.CborItem;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reader of whole items takes, is cut from a stream whole; all else ends the stream or is left to the codec. */
class MessageStreamFuzzTest {
  private static final int LIMIT = GraspCodec.DEFAULT_LIMIT;

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(Octets.hex("8100"), Octets.hex("9fff"), Octets.hex("9bffffffffffffffff"), Octets.hex("bf0102ff"), Octets.hex("5f4101ff"))
        .andVectors("grasp", ".hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void cutsAMessageOrEndsTheStream(byte[] input) {
    Octets octets = Octets.of(input);
    Optional<Optional<Octets>> cut = Hostile.read(() -> next(octets));
    if (Hostile.read(() -> CborItem.read(octets, LIMIT)).isPresent()) {
      assertThat(cut).contains(Optional.of(octets));
    }
    cut.flatMap(item -> item).ifPresent(item -> assertThat(item).isEqualTo(octets.slice(0, item.size())));
  }

  private static Optional<Octets> next(Octets octets) throws DecodeException {
    try {
      return new MessageStream(new ByteArrayInputStream(octets.toArray()), LIMIT).next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
