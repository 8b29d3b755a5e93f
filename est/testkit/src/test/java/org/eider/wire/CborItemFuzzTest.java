package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.CborItem.Lengths;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever octets come, {@link CborItem} takes all of them apart or refuses; what is definite means the same to both kinds of reader. */
class CborItemFuzzTest {
  private static final int LIMIT = 64 * 1024;

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(Octets.hex("a201f56131f4"), Octets.hex("bf0182f6f7ff"), Octets.hex("5f41014102ff"),
            Octets.hex("d2847f6161ff01f93c0020"),
            Octets.hex("9bffffffffffffffff"), Octets.hex("818181818181818181818181818181818100"), Octets.hex("a1a1a1010203f4"),
            Octets.hex("1bffffffffffffffff"), Octets.hex("3bffffffffffffffff"), Octets.hex("f8ff"), Octets.hex("62c3a9"))
        .andVectors("cose-voucher", ".hex", ".cbor", ".vrq", ".vch").andVectors("est", ".cbor").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void takesApartAllOfItOrRefuses(byte[] input) {
    Octets cbor = Octets.of(input);
    Optional<CborItem> read = Hostile.read(() -> CborItem.read(cbor, LIMIT));
    Optional<CborItem> definite = Hostile.read(() -> CborItem.read(cbor, LIMIT, Lengths.DEFINITE));
    definite.ifPresent(item -> assertThat(read).contains(item));
    read.ifPresent(item -> {
      assertThat(item.encoded()).isEqualTo(cbor);
      assertThat(item.diagnostic()).isNotEmpty();
      Hostile.read(() -> look(item));
    });
  }

  private static int look(CborItem item) throws DecodeException {
    int found = 1;
    if (item.tag().isPresent()) {
      found += look(item.untagged());
    } else if (item.isArray()) {
      for (CborItem element : item.array("")) {
        found += look(element);
      }
    } else if (item.isMap()) {
      for (CborMap.Entry entry : item.map("").entries()) {
        found += look(entry.key()) + look(entry.value());
      }
    }
    return found;
  }
}
