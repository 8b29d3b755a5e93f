package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** X.690. */
class DerTest {
  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("empty", "", Flaw.TRUNCATED),
        Arguments.of("tag only", "30", Flaw.TRUNCATED),
        Arguments.of("content missing", "30040201", Flaw.TRUNCATED),
        Arguments.of("inner element longer than outer", "3003020501", Flaw.TRUNCATED),
        Arguments.of("length octets missing", "3082", Flaw.TRUNCATED),
        Arguments.of("four gigabytes", "3084ffffffff", Flaw.TRUNCATED),
        Arguments.of("length of nine octets", "3089010000000000000000", Flaw.TRUNCATED),
        Arguments.of("high tag without end", "3fffffff", Flaw.TRUNCATED),
        Arguments.of("something behind", "300000", Flaw.TRAILING_BYTES),
        Arguments.of("indefinite length", "3080020101" + "0000", Flaw.WRONG_TYPE),
        Arguments.of("length of one octet where none is needed", "308103020101", Flaw.WRONG_TYPE),
        Arguments.of("length with a leading zero", "30820003020101", Flaw.WRONG_TYPE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void whatIsNotOneElementOfDerIsRefused(String name, String hex, Flaw flaw) throws DecodeException {
    Octets octets = Octets.hex(hex);
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parse(octets, 100, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void berHasIndefiniteAndLongLengths() throws Exception {
    assertThat(Der.parseBer(Octets.hex("30800201010000"), 100, "x").getEncoded("DER")).isEqualTo(Octets.hex("3003020101").toArray());
    assertThat(Der.parseBer(Octets.hex("30820003020101"), 100, "x").getEncoded("DER")).isEqualTo(Octets.hex("3003020101").toArray());
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parseBer(Octets.hex("308002010100"), 100, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRUNCATED));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parseBer(Octets.hex("0480ff0000"), 100, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.WRONG_TYPE));
  }

  @Test
  void nestingIsBoundedBeforeAnythingDescends() throws DecodeException {
    assertThat(Der.parse(nested(Der.MAX_DEPTH), 1000, "x")).isNotNull();
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parse(nested(Der.MAX_DEPTH + 1), 1000, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_DEEP));
    Octets bomb = Octets.hex("3080".repeat(30_000));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parseBer(bomb, 100_000, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_DEEP));
  }

  @Test
  void sizeIsBounded() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.parse(Octets.of(new byte[11]), 10, "x"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  @Test
  void whateverBouncyCastleThrowsIsAFlaw() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Der.guard("x", () -> {
      throw new IllegalStateException("inside");
    })).withMessage("x: not what it is declared to be").withCauseInstanceOf(IllegalStateException.class);
  }

  /** NULL inside {@code depth} sequences. */
  private static Octets nested(int depth) {
    byte[] inner = {5, 0};
    for (int i = 0; i < depth; i++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0x30);
      if (inner.length >= 0x80) {
        out.write(0x81);
      }
      out.write(inner.length);
      out.writeBytes(inner);
      inner = out.toByteArray();
    }
    return Octets.of(inner);
  }
}
