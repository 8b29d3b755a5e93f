package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eider.wire.CborItem;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class MessageStreamTest {
  private static MessageStream of(Octets octets) {
    return new MessageStream(new ByteArrayInputStream(octets.toArray()), 2048);
  }

  @Test
  void messagesBehindEachOtherAreCutApart() throws Exception {
    List<Octets> messages = GraspCodecTest.everyMessage().map(GraspEncoder::encode).toList();
    MessageStream stream = of(Octets.hex(messages.stream().map(Octets::hex).reduce("", String::concat)));
    for (Octets message : messages) {
      assertThat(stream.next()).contains(message);
    }
    assertThat(stream.next()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
      "9f0102ff, 9f0102ff", "5f41ff4100ff, 5f41ff4100ff", "a201020304, a201020304", "bf0102ff, bf0102ff", "8080, 80", "a0a0, a0", "c28101, c28101",
      "9f9fff81a0ff00, 9f9fff81a0ff", "1bffffffffffffffff00, 1bffffffffffffffff", "f97e0000, f97e00", "f8ff01, f8ff", "6161ff, 6161", "8281820102036100, 82818201020 3"})
  void itemsOfEveryKindAreWhole(String stream, String first) throws Exception {
    assertThat(of(Octets.hex(stream)).next()).contains(Octets.hex(first.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource({
      "ff, WRONG_TYPE", "82ff, WRONG_TYPE", "1c, WRONG_TYPE", "82, TRUNCATED", "5801, TRUNCATED", "19ff, TRUNCATED", "9f, TRUNCATED",
      "5a7fffffff00, TOO_LONG", "5bffffffffffffffff00, TOO_LONG", "9bffffffffffffffff, TOO_LONG", "9a00000801, TOO_LONG",
      "bb4000000000000001, TOO_LONG", "8181818181818181818181818181818181818181, TOO_DEEP"})
  void whatCannotBeCutEndsTheStream(String hex, Flaw flaw) throws Exception {
    Octets stream = Octets.hex(hex);
    assertThatThrownBy(() -> of(stream).next()).isInstanceOfSatisfying(DecodeException.class, e -> {
      assertThat(e.flaw()).isEqualTo(flaw);
      assertThat(e.path()).isEqualTo(MessageStream.PATH);
    });
  }

  @Test
  void threeKilobytesAreRefusedBeforeTheyAreRead() throws Exception {
    Octets endless = Octets.hex("9f" + "00".repeat(3000) + "ff");
    assertThatThrownBy(() -> of(endless).next()).isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  /** Whatever the reader of whole items takes, the stream cuts out whole; and nothing makes it fail otherwise. */
  @ParameterizedTest
  @MethodSource("seeds")
  void cutsAsTheReaderReads(long seed) {
    Random random = new Random(seed);
    List<Octets> agreed = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] junk = new byte[1 + random.nextInt(12)];
      random.nextBytes(junk);
      Octets item = Octets.of(junk);
      try {
        CborItem.read(item, 2048);
      } catch (DecodeException e) {
        tried(item);
        continue;
      }
      assertThat(tried(item)).as(item.hex()).contains(item);
      agreed.add(item);
    }
    assertThat(agreed.size()).isGreaterThan(500);
  }

  static List<Long> seeds() {
    return List.of(1L, 2L, 3L);
  }

  private static Optional<Octets> tried(Octets item) {
    try {
      return of(item).next();
    } catch (DecodeException e) {
      return Optional.empty();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
