package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.eider.discovery.CoapMessage.Type;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoapMessageTest {
  @Test
  void discoveryIsWrittenAsTheRfcsSay() throws Exception {
    CoapMessage question = CoapMessage.discovery(0x1234, Octets.hex("aabb"), "brski-jp=*");
    // NON, TKL 2, 0.01, ID; Uri-Path ".well-known", Uri-Path "core", Uri-Query "brski-jp=*"
    assertThat(question.encode().hex()).isEqualTo("52011234aabb"
        + "bb" + Octets.utf8(".well-known").hex() + "04" + Octets.utf8("core").hex() + "4a" + Octets.utf8("brski-jp=*").hex());
    assertThat(CoapMessage.decode(question.encode())).isEqualTo(question);
  }

  @Test
  void answerWithLinksComesBackUnchanged() throws Exception {
    CoapMessage answer = CoapMessage.links(Type.NON_CONFIRMABLE, 7, Octets.hex("0102030405060708"), "<>;brski-jp=8485");
    assertThat(CoapMessage.decode(answer.encode())).isEqualTo(answer);
    assertThat(answer.encode().hex()).isEqualTo("58450007" + "0102030405060708" + "c128" + "ff" + Octets.utf8("<>;brski-jp=8485").hex());
  }

  @Test
  void longAndFarOptionsAreRead() throws Exception {
    String filter = "rt=" + "x".repeat(250);
    CoapMessage question = CoapMessage.discovery(1, Octets.empty(), filter);
    assertThat(CoapMessage.decode(question.encode()).query()).isEqualTo(List.of(filter));
    // No-Response (258), elective, by a delta of two octets
    assertThat(CoapMessage.decode(Octets.hex("50010001" + "d1f51a")).strange()).isEmpty();
    assertThat(CoapMessage.decode(Octets.hex("50010001" + "e1" + "0000" + "1a")).strange()).isEqualTo(OptionalInt.of(269));
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "50, 5", "90, 9", "d00a00, 23", "d10a08, 23", "d10a10, 23", "d20401ff, 17", "d0ff16, -1"})
  void criticalOptionsThatAreNotUnderstoodAreNoted(String options, int number) throws Exception {
    // Block2 0/0/16 says that this is all; with "more" or a later number it is not
    boolean understood = options.equals("d00a00") || number < 0;
    OptionalInt expected = understood ? OptionalInt.empty() : OptionalInt.of(number);
    String hex = options.equals("d00a00") ? "d00a" : options.equals("d0ff16") ? "d0ef" : options;
    assertThat(CoapMessage.decode(Octets.hex("50010001" + hex)).strange()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
      "'', TRUNCATED", "500100, TRUNCATED", "10010001, OUT_OF_RANGE", "90010001, OUT_OF_RANGE", "59010001, OUT_OF_RANGE",
      "5f010001, OUT_OF_RANGE", "5201000101, TRUNCATED", "50010001ff, MISSING", "50010001f0, OUT_OF_RANGE", "500100010f, OUT_OF_RANGE",
      "50010001b2, TRUNCATED", "50010001bd, TRUNCATED", "50010001be00, TRUNCATED", "50010001d0, TRUNCATED", "50010001e000, TRUNCATED",
      "50010001b2c328, WRONG_TYPE", "50010001c3000028, TOO_LONG", "40000001ff41, TRAILING_BYTES", "4100000141, TRAILING_BYTES"})
  void whatIsNoMessageIsRefused(String hex, Flaw flaw) {
    assertThatThrownBy(() -> CoapMessage.decode(Octets.hex(hex)))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 1000})
  void optionsWithoutEndAreRefused(int count) {
    assertThatThrownBy(() -> CoapMessage.decode(Octets.hex("50010001" + "b0" + "00".repeat(count - 1))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  @Test
  void sizesAreBounded() {
    assertThatThrownBy(() -> CoapMessage.decode(Octets.of(new byte[CoapMessage.LARGEST + 1])))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> CoapMessage.decode(Octets.hex("50010001" + "bef3" + "00".repeat(0)  + "0d" + "41".repeat(300 + 269))))
        .isInstanceOf(DecodeException.class);
  }
}
