package org.eider.jpy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A JPY message is read or refused; what was read is written, and means the same. */
class JpyMessageFuzzTest {
  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(new JpyMessage(Octets.of(new byte[32]), Octets.of(new byte[300])).encode(), new JpyMessage(Octets.empty(), Octets.empty()).encode(),
            Octets.hex("9f40405f4100ffff"), Octets.hex("83404080"), Octets.hex("824040f6"), Octets.hex("c2824040"), Octets.hex("8240"),
            Octets.hex("8258" + "ff"))
        .andVectors("join-proxy", ".hex", ".bin", ".cbor").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAMessageOrRefuses(byte[] input) {
    Hostile.read(() -> JpyMessage.decode(Octets.of(input))).ifPresent(message ->
        assertThat(Hostile.read(() -> JpyMessage.decode(message.encode()))).contains(message));
  }
}
