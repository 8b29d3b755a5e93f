package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.eider.wire.CborItem.Lengths;
import org.eider.wire.DecodeException.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8949: what is read, and what a hostile peer gets. */
class CborItemTest {
  private static final int LIMIT = 1024;

  @ParameterizedTest
  @CsvSource({"00,0", "17,23", "1818,24", "1903e8,1000", "1b7fffffffffffffff,9223372036854775807", "20,-1", "3863,-100",
      "3b7fffffffffffffff,-9223372036854775808", "1801,1", "1b0000000000000001,1"})
  void integersOfEitherSignAndAnyWidthAreRead(String hex, long value) throws DecodeException {
    assertThat(read(hex).integer("")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b8000000000000000", "3bffffffffffffffff"})
  void integersBeyond63BitsAreOutOfRange(String hex) throws DecodeException {
    CborItem item = read(hex);
    refused(Flaw.OUT_OF_RANGE, () -> item.integer("x"));
  }

  @Test
  void anIntegerKeyIsNotTheTextOfItsDigits() throws DecodeException {
    CborMap both = read("a201f561 31f4".replace(" ", "")).map("");
    assertThat(both.at(1).orElseThrow().bool("")).isTrue();
    assertThat(both.at("1").orElseThrow().bool("")).isFalse();
    assertThat(read("a16131f5").map("").at(1)).isEmpty();
    assertThat(read("a101f5").map("").at("1")).isEmpty();
    assertThat(read("a14131f5").map("").at("1")).isEmpty();
    assertThat(read("01")).isNotEqualTo(read("6131"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a201f501f4", "a201f51801f4", "a26161f56161f4", "a26161f57f6161fff4", "bf20f538 00f4ff", "a2d82f01f5d82f01f4", "a28101f58101f4"})
  void aKeyThatOccursTwiceIsRefusedHoweverItIsWritten(String hex) throws DecodeException {
    CborItem item = read(hex.replace(" ", ""));
    refused(Flaw.DUPLICATE_KEY, () -> item.map("m"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "18", "4201", "8201", "a101", "9f01", "bf", "5f4101", "d2", "7b7fffffffffffffff", "9b7fffffffffffffff",
      "bb7fffffffffffffff", "5bffffffffffffffff", "9a00ffffff"})
  void whatEndsTooEarlyIsTruncatedAndNothingIsAllocatedForIt(String hex) {
    refused(Flaw.TRUNCATED, () -> read(hex));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1c", "1f", "3f", "df01", "ff", "f800", "f81f", "5f6161ff", "7f4161ff", "5f5f4101ffff", "bf01ff", "81ff", "82ff01", "fc"})
  void whatIsNotWellFormedIsRefused(String hex) {
    refused(Flaw.WRONG_TYPE, () -> read(hex));
  }

  @ParameterizedTest
  @ValueSource(strings = {"61ff", "62c328", "62c080", "63eda080", "7f61c361bcff"})
  void aTextThatIsNotUtf8IsRefused(String hex) {
    refused(Flaw.WRONG_TYPE, () -> read(hex));
  }

  @Test
  void nothingMayFollow() {
    refused(Flaw.TRAILING_BYTES, () -> read("0100"));
  }

  @ParameterizedTest
  @CsvSource({"5f41014102ff,0102", "5fff,''"})
  void chunksAreOneString(String hex, String value) throws DecodeException {
    assertThat(read(hex).octets("").hex()).isEqualTo(value);
    refused(Flaw.UNEXPECTED, () -> CborItem.read(Octets.hex(hex), LIMIT, Lengths.DEFINITE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9fff", "bfff", "7fff", "819fff", "a1019fff"})
  void indefiniteLengthsAreRefusedWhereAProfileForbidsThem(String hex) throws DecodeException {
    read(hex);
    refused(Flaw.UNEXPECTED, () -> CborItem.read(Octets.hex(hex), LIMIT, Lengths.DEFINITE));
  }

  @Test
  void depthSizeAndCountAreBounded() throws DecodeException {
    read("81".repeat(16) + "00");
    refused(Flaw.TOO_DEEP, () -> read("81".repeat(17) + "00"));
    refused(Flaw.TOO_DEEP, () -> read("d8".repeat(0) + "c1".repeat(500) + "00"));
    refused(Flaw.TOO_LONG, () -> CborItem.read(Octets.of(new byte[LIMIT + 1]), LIMIT));
    refused(Flaw.TOO_LONG, () -> CborItem.read(Octets.hex("9f" + "00".repeat(5000) + "ff"), 8192));
    refused(Flaw.TOO_LONG, () -> CborItem.read(Octets.hex("5f" + "40".repeat(5000) + "ff"), 8192));
  }

  /** Every key has the hash of every other, as "Aa" has that of "BB", so that each would be compared with all before it. */
  @Test
  void aMapOfVeryManyKeysIsNotLookedInto() throws DecodeException {
    CborMap most = CborItem.read(alike(CborItem.MAX_ENTRIES), 65_536).map("");
    assertThat(most.size()).isEqualTo(CborItem.MAX_ENTRIES);
    CborItem more = CborItem.read(alike(CborItem.MAX_ENTRIES + 1), 65_536);
    refused(Flaw.TOO_LONG, () -> more.map(""));
  }

  private static Octets alike(int entries) {
    CborWriter out = new CborWriter().map(entries);
    for (int i = 0; i < entries; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 11; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      out.text(key.toString()).nothing();
    }
    return out.toOctets();
  }

  @ParameterizedTest
  @ValueSource(strings = {"c101", "c14101", "c16161", "c180", "c1a0", "c1f5"})
  void aTagIsRefusedWhereNoneIsExpected(String hex) throws DecodeException {
    CborItem item = read(hex);
    refused(Flaw.WRONG_TYPE, () -> item.integer(""));
    refused(Flaw.WRONG_TYPE, () -> item.octets(""));
    refused(Flaw.WRONG_TYPE, () -> item.text(""));
    refused(Flaw.WRONG_TYPE, () -> item.array(""));
    refused(Flaw.WRONG_TYPE, () -> item.map(""));
    refused(Flaw.WRONG_TYPE, () -> item.bool(""));
    assertThat(item.tag()).hasValue(1);
    assertThat(item.untagged()).isEqualTo(read(hex.substring(2)));
  }

  @Test
  void eachTypeIsItselfAndNoOther() throws DecodeException {
    refused(Flaw.WRONG_TYPE, () -> read("6131").integer(""));
    refused(Flaw.WRONG_TYPE, () -> read("4131").text(""));
    refused(Flaw.WRONG_TYPE, () -> read("6131").octets(""));
    refused(Flaw.WRONG_TYPE, () -> read("20").unsigned(""));
    refused(Flaw.WRONG_TYPE, () -> read("f6").bool(""));
    refused(Flaw.WRONG_TYPE, () -> read("f93c00").integer(""));
    assertThat(read("f6").isNull()).isTrue();
    assertThat(read("f7").isNull()).isFalse();
  }

  @Test
  void everyItemKeepsTheOctetsItWasMadeOf() throws DecodeException {
    CborItem item = read("82a118019f01ff5f4101ff");
    assertThat(item.encoded().hex()).isEqualTo("82a118019f01ff5f4101ff");
    assertThat(item.array("").get(0).encoded().hex()).isEqualTo("a118019f01ff");
    assertThat(item.array("").get(1).encoded().hex()).isEqualTo("5f4101ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a301f50a206161f6", "8418181903e81a000186a01b000000e8d4a51000", "d28443a10126a04100f6", "3903e7", "820041ff", "f4"})
  void whatIsWrittenIsDefiniteAndShortest(String hex) throws DecodeException {
    CborWriter out = new CborWriter();
    write(read(hex), out);
    assertThat(out.toOctets().hex()).isEqualTo(hex);
  }

  @Test
  void lengthsBeyondOneOctetAreWrittenAndRead() throws DecodeException {
    for (int size : new int[] {0, 23, 24, 255, 256, 65_535, 65_536}) {
      Octets content = Octets.of(new byte[size]);
      assertThat(CborItem.read(new CborWriter().octets(content).toOctets(), 70_000, Lengths.DEFINITE).octets("")).isEqualTo(content);
    }
  }

  private static void write(CborItem item, CborWriter out) throws DecodeException {
    if (item.tag().isPresent()) {
      out.tag(item.tag().getAsLong());
      write(item.untagged(), out);
    } else if (item.isMap()) {
      out.map(item.map("").size());
      for (CborMap.Entry entry : item.map("").entries()) {
        write(entry.key(), out);
        write(entry.value(), out);
      }
    } else if (item.isArray()) {
      out.array(item.array("").size());
      for (CborItem element : item.array("")) {
        write(element, out);
      }
    } else if (item.isInteger()) {
      out.integer(item.integer(""));
    } else if (item.isText()) {
      out.text(item.text(""));
    } else if (item.isOctets()) {
      out.octets(item.octets(""));
    } else if (item.isNull()) {
      out.nothing();
    } else {
      out.bool(item.bool(""));
    }
  }

  private interface Reading {
    Object read() throws DecodeException;
  }

  private static void refused(Flaw flaw, Reading reading) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(reading::read).satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  private static CborItem read(String hex) throws DecodeException {
    return CborItem.read(Octets.hex(hex), LIMIT);
  }
}
