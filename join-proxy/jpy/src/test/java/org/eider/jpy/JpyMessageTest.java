package org.eider.jpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.eider.testkit.Damage;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JpyMessageTest {
  static Stream<Vector> messages() {
    return Vectors.manifest("join-proxy").stream().filter(vector -> vector.file().endsWith(".hex"));
  }

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("join-proxy")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void messageDecodesOrIsRefusedAsItsManifestSays(Vector vector) throws Exception {
    Octets datagram = vector.hex();
    String result = vector.expectResult().orElse("ACCEPT");
    if (result.startsWith("REJECT")) {
      assertThatThrownBy(() -> JpyMessage.decode(datagram)).isInstanceOf(DecodeException.class);
    } else {
      assertThat(result).startsWith("ACCEPT");
      JpyMessage message = JpyMessage.decode(datagram);
      checkFields(vector, message);
      assertThat(JpyMessage.decode(message.encode())).isEqualTo(message);
    }
  }

  private static void checkFields(Vector vector, JpyMessage message) {
    if (vector.expect().has("header_hex")) {
      assertThat(message.header().hex()).isEqualTo(vector.expect().get("header_hex").asText());
      assertThat(message.content().size()).isEqualTo(vector.expect().get("content_len").asInt());
      assertThat(message.encode()).isEqualTo(octets(vector));
    } else {
      assertThat(message.header().hex()).isEqualTo(vector.expect().at("/cbor/0/bytes").asText());
      assertThat(message.content().hex()).isEqualTo(vector.expect().at("/cbor/1/bytes").asText());
    }
  }

  private static Octets octets(Vector vector) {
    try {
      return vector.hex();
    } catch (DecodeException e) {
      throw new AssertionError(vector.toString(), e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 255, 256, 1280, 60_000})
  void contentsOfEveryLengthComeBackUnchanged(int length) throws Exception {
    JpyMessage message = new JpyMessage(Octets.utf8("header"), Octets.of(new byte[length]));
    assertThat(JpyMessage.decode(message.encode())).isEqualTo(message);
  }

  @Test
  void overheadIsWhatTheDraftCounts() {
    JpyMessage message = new JpyMessage(Octets.of(new byte[32]), Octets.of(new byte[1000]));
    assertThat(message.encode().size()).isEqualTo(1000 + 38);
  }

  @ParameterizedTest
  @CsvSource({
      "9f4101420203ff, indefinite array",
      "82410142 0203, array of two",
      "82 5f4101ff 420203, header in pieces",
      "84 4101 420203 a10102 80, further elements of any type",
      "83 4101 420203 c11a00000000, tagged further element"})
  void othersMayEncodeInTheirWay(String hex, String what) throws Exception {
    assertThat(JpyMessage.decode(Octets.hex(hex.replace(" ", "")))).as(what)
        .isEqualTo(new JpyMessage(Octets.hex("01"), Octets.hex("0203")));
  }

  @ParameterizedTest
  @CsvSource({
      "'', TRUNCATED", "80, MISSING", "814101, MISSING", "824101, TRUNCATED", "8241014202, TRUNCATED", "9f41014102, TRUNCATED",
      "826101 4102, WRONG_TYPE", "8241016102, WRONG_TYPE", "82f6f6, WRONG_TYPE", "82f7f7, WRONG_TYPE", "8201 02, WRONG_TYPE",
      "a141014102, WRONG_TYPE", "43820101, WRONG_TYPE", "f6, WRONG_TYPE", "c2824101 4102, WRONG_TYPE", "82c24101 4102, WRONG_TYPE",
      "824101410200, TRAILING_BYTES", "8241014102ff, TRAILING_BYTES", "8341014102818181818181818181818181818181818100, TOO_DEEP",
      "825a7fffffff, TRUNCATED", "825bffffffffffffffff, WRONG_TYPE"})
  void whatIsNoJpyMessageIsRefused(String hex, Flaw flaw) {
    assertThatThrownBy(() -> JpyMessage.decode(Octets.hex(hex.replace(" ", ""))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void headerAndMessageAreBounded() throws Exception {
    JpyMessage longest = new JpyMessage(Octets.of(new byte[JpyMessage.MAX_HEADER]), Octets.utf8("x"));
    assertThat(JpyMessage.decode(longest.encode())).isEqualTo(longest);
    Octets tooLong = new JpyMessage(Octets.of(new byte[JpyMessage.MAX_HEADER + 1]), Octets.utf8("x")).encode();
    assertThatThrownBy(() -> JpyMessage.decode(tooLong))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    Octets tooGreat = new JpyMessage(Octets.utf8("h"), Octets.of(new byte[JpyMessage.MAX_SIZE])).encode();
    assertThatThrownBy(() -> JpyMessage.decode(tooGreat))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  /** 5,000 damaged and 5,000 random datagrams: each is refused as malformed or read; nothing else ever happens. */
  @Test
  void junkIsRefusedOrRead() {
    Random random = new Random(5684);
    Octets whole = new JpyMessage(Octets.of(new byte[16]), Octets.of(new byte[60])).encode();
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] junk = new byte[random.nextInt(40)];
      random.nextBytes(junk);
      try {
        JpyMessage.decode(i % 2 == 0 ? Damage.to(whole, random) : Octets.of(junk));
      } catch (DecodeException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(5_000);
  }
}
