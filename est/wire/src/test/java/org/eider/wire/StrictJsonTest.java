package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.Stream;
import org.eider.wire.DecodeException.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 8259, RFC 7493 section 2.3 (no duplicate members), and our own bounds. */
class StrictJsonTest {
  private static final int LIMIT = 64 * 1024;

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("empty", "", Flaw.WRONG_TYPE),
        Arguments.of("an array", "[]", Flaw.WRONG_TYPE),
        Arguments.of("a number", "1", Flaw.WRONG_TYPE),
        Arguments.of("null", "null", Flaw.WRONG_TYPE),
        Arguments.of("truncated", "{\"a\":1", Flaw.TRUNCATED),
        Arguments.of("truncated in a string", "{\"a\":\"x", Flaw.TRUNCATED),
        Arguments.of("duplicate member", "{\"a\":1,\"a\":1}", Flaw.DUPLICATE_KEY),
        Arguments.of("duplicate member inside", "{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", Flaw.DUPLICATE_KEY),
        Arguments.of("duplicate member by escape", "{\"a\":1,\"\\u0061\":2}", Flaw.DUPLICATE_KEY),
        Arguments.of("a second object", "{} {}", Flaw.TRAILING_BYTES),
        Arguments.of("text behind", "{}x", Flaw.WRONG_TYPE),
        Arguments.of("byte order mark", "\ufeff{}", Flaw.UNEXPECTED),
        Arguments.of("single quotes", "{'a':1}", Flaw.WRONG_TYPE),
        Arguments.of("comment", "{/* */}", Flaw.WRONG_TYPE),
        Arguments.of("unquoted name", "{a:1}", Flaw.WRONG_TYPE),
        Arguments.of("trailing comma", "{\"a\":1,}", Flaw.WRONG_TYPE),
        Arguments.of("NaN", "{\"a\":NaN}", Flaw.WRONG_TYPE),
        Arguments.of("control character", "{\"a\":\"\n\"}", Flaw.WRONG_TYPE),
        Arguments.of("depth bomb", "{\"a\":".repeat(20_000 / 5) + "1", Flaw.TOO_DEEP),
        Arguments.of("one level too deep", nested(StrictJson.MAX_DEPTH + 1), Flaw.TOO_DEEP),
        Arguments.of("number bomb", "{\"a\":" + "9".repeat(10_000) + "}", Flaw.TOO_LONG),
        Arguments.of("name bomb", "{\"" + "n".repeat(10_000) + "\":1}", Flaw.TOO_LONG),
        Arguments.of("more than the limit", "{\"a\":\"" + "x".repeat(LIMIT) + "\"}", Flaw.TOO_LONG));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void whatIsNotOneBoundedObjectIsRefused(String name, String text, Flaw flaw) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> StrictJson.object(Octets.utf8(text), LIMIT))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] overlong = {'{', '"', 'a', '"', ':', '"', (byte) 0xc0, (byte) 0xaf, '"', '}'};
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> StrictJson.object(Octets.of(overlong), LIMIT))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.WRONG_TYPE));
  }

  @Test
  void utf16IsRefused() {
    byte[] utf16 = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16BE);
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> StrictJson.object(Octets.of(utf16), LIMIT));
  }

  @Test
  void theGreatestDepthIsRead() throws DecodeException {
    assertThat(StrictJson.object(Octets.utf8(nested(StrictJson.MAX_DEPTH)), LIMIT).toString()).isEqualTo(nested(StrictJson.MAX_DEPTH));
  }

  @Test
  void oneObjectIsReadAndWrittenCompactly() throws DecodeException {
    var object = StrictJson.object(Octets.utf8(" {\"a\" : \"x\\/y\" , \"b\":[1, 2.5, null]}\n"), LIMIT);
    assertThat(StrictJson.encode(object).utf8()).isEqualTo("{\"a\":\"x/y\",\"b\":[1,2.5,null]}");
  }

  @Test
  void theErrorDoesNotRepeatTheInput() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> StrictJson.object(Octets.utf8("{\"pin\":\"hunter2\""), LIMIT))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  }
}
