package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OctetsTest {
  @Test
  void nobodyCanChangeThemAfterwards() {
    byte[] source = {1, 2, 3};
    Octets octets = Octets.of(source);
    source[0] = 9;
    octets.toArray()[1] = 9;
    assertThat(octets.toArray()).containsExactly(1, 2, 3);
  }

  @Test
  void theyAreEqualByContent() throws DecodeException {
    assertThat(Octets.hex("00ff10")).isEqualTo(Octets.hex("00FF10")).hasSameHashCodeAs(Octets.hex("00ff10"));
    assertThat(Octets.hex("00ff10")).isNotEqualTo(Octets.hex("00ff11")).isNotEqualTo(Octets.hex("00ff")).isNotEqualTo("00ff10");
  }

  @Test
  void theyAreNeverPrinted() {
    Octets secret = Octets.utf8("a nonce that nobody sees");
    assertThat(secret.toString()).startsWith("24 octets, sha256 ").doesNotContain("nonce").doesNotContain(secret.hex()).hasSize(26);
  }

  @Test
  void aSliceIsWhatLiesBetween() throws DecodeException {
    Octets octets = Octets.hex("0001fe03");
    assertThat(octets.slice(1, 3)).isEqualTo(Octets.hex("01fe"));
    assertThat(octets.slice(2, 2)).isSameAs(Octets.empty());
    assertThat(octets.at(2)).isEqualTo(0xfe);
    assertThat(octets.size()).isEqualTo(4);
  }

  @Test
  void digestsAreThoseOfTheStandard() {
    assertThat(Octets.utf8("abc").sha256().hex()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Octets.utf8("abc").sha1().hex()).isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
  }

  @Test
  void textComesBack() {
    assertThat(Octets.utf8("Zürich").utf8()).isEqualTo("Zürich");
    assertThat(Octets.of(new byte[] {(byte) 0xc3}).utf8()).isEqualTo("\ufffd");
    assertThat(Octets.utf8("ab").base64()).isEqualTo("YWI=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0g", "00 ff", "0x00", "00:ff"})
  void onlyPairsOfDigitsAreHex(String text) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Octets.hex(text));
  }
}
