package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AesSivTest {
  /** RFC 5297 appendix A.1. */
  @Test
  void sealsAsTheFirstExampleOfTheRfc() {
    AesSiv siv = new AesSiv(hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
    byte[] associated = hex("101112131415161718191a1b1c1d1e1f2021222324252627");
    byte[] plain = hex("112233445566778899aabbccddee");
    byte[] sealed = siv.seal(plain, associated);
    assertThat(sealed).isEqualTo(hex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"));
    assertThat(siv.open(sealed, associated)).hasValueSatisfying(opened -> assertThat(opened).isEqualTo(plain));
  }

  /** RFC 5297 appendix A.2. */
  @Test
  void sealsAsTheSecondExampleOfTheRfc() {
    AesSiv siv = new AesSiv(hex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f"));
    byte[][] associated = {
      hex("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100"),
      hex("102030405060708090a0"),
      hex("09f911029d74e35bd84156c5635688c0")
    };
    byte[] plain = hex("7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553");
    byte[] sealed = siv.seal(plain, associated);
    assertThat(sealed).isEqualTo(hex("7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829"
        + "ea64ad544a272e9c485b62a3fd5c0d"));
    assertThat(siv.open(sealed, associated)).hasValueSatisfying(opened -> assertThat(opened).isEqualTo(plain));
  }

  @Test
  void opensNothingThatWasChangedInASingleBit() {
    AesSiv siv = new AesSiv(new byte[32]);
    byte[] sealed = siv.seal(hex("00112233445566778899aabb"));
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(siv.open(changed)).isEmpty();
    }
    assertThat(siv.open(java.util.Arrays.copyOf(sealed, sealed.length - 1))).isEmpty();
    assertThat(siv.open(java.util.Arrays.copyOf(sealed, sealed.length + 1))).isEmpty();
    assertThat(siv.open(java.util.Arrays.copyOf(sealed, 15))).isEmpty();
    assertThat(siv.open(sealed, new byte[1])).isEmpty();
    assertThat(siv.open(sealed)).isPresent();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
