package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import org.eider.wire.DecodeException.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 4648 section 4, RFC 8951 section 3, RFC 7951 section 6.6. */
class Base64TextTest {
  private static final Octets BODY = Octets.of(new byte[] {0, 1, 2, (byte) 0xfb, (byte) 0xff, (byte) 0xfe, 7});
  private static final String ENCODED = "AAEC+//+Bw==";

  @ParameterizedTest
  @ValueSource(strings = {"AAEC+//+Bw==", "AAEC\r\n+//+\r\nBw==\r\n", "AA\nEC+//+Bw=\n=", " \tAAEC +//+\tBw== ", "A\rA\rE\rC+//+Bw==", "\nAAEC+//+Bw=="})
  void anEstBodyMayCarryWhiteSpaceAnywhere(String text) throws DecodeException {
    assertThat(Base64Text.body(Octets.utf8(text), "body")).isEqualTo(BODY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAEC-__-Bw==", "AAEC+//+Bw", "AAEC+//+Bw=", "AAEC+//+Bw===", "AAEC+//+Bw==x", "AAEC=+//+Bw==", "AAEC+/*+Bw==", "=AAA", "A",
      "-----BEGIN PKCS7-----\nAAEC+//+Bw==\n-----END PKCS7-----\n", "AAEC+//+Bw==\u000b\u000b\u000b\u000b", "\u0000AAEC+//+Bw=="})
  void anEstBodyWithAnythingElseIsRefused(String text) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Base64Text.body(Octets.utf8(text), "body"))
        .withMessageStartingWith("body: ");
  }

  @Test
  void rawDerIsNotAnEstBody() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Base64Text.body(BODY, "body"));
  }

  @Test
  void anEmptyBodyIsNoOctets() throws DecodeException {
    assertThat(Base64Text.body(Octets.utf8("\r\n \t"), "body")).isEqualTo(Octets.empty());
  }

  @Test
  void aYangLeafHasNoWhiteSpace() throws DecodeException {
    assertThat(Base64Text.strict(ENCODED, "leaf")).isEqualTo(BODY);
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Base64Text.strict("AAEC\n+//+Bw=", "leaf"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.WRONG_TYPE))
        .satisfies(e -> assertThat(e.path()).isEqualTo("leaf"));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Base64Text.strict("AAEC\n+//+Bw==", "leaf"))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRUNCATED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAEC+//+Bw==", "AAEC+//+Bw", "AAEC-__-Bw==", "AAEC-__-Bw", "AAEC+/_-Bw="})
  void aNonceIsReadInEitherAlphabetPaddedOrNot(String text) throws DecodeException {
    assertThat(Base64Text.lenient(text, "nonce")).isEqualTo(BODY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAEC+//+Bw==\n", "AAEC +//+Bw==", "A", "AAEC$"})
  void aNonceIsStillBase64(String text) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Base64Text.lenient(text, "nonce"));
  }

  @Test
  void theNonceOfTheRfc8995ExampleIsUnpaddedBase64Url() throws DecodeException {
    assertThat(Base64Text.lenient("-_XE9zK9q8Ll1qylMtLKeg", "nonce").toArray())
        .isEqualTo(Base64.getUrlDecoder().decode("-_XE9zK9q8Ll1qylMtLKeg"))
        .hasSize(16);
  }
}
