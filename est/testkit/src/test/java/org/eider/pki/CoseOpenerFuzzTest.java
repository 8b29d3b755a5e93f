package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.CborWriter;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A COSE message is opened or refused; without its loose certificates it is the same message, and signed as before. */
class CoseOpenerFuzzTest {
  private static final Credential SIGNER = TestPki.root("Maker").signer("Signer", KeyType.P256);
  private static final Credential EDWARDS = TestPki.root("Maker").signer("Signer", KeyType.ED25519);
  private static final Octets CONTENT = Octets.utf8("content");

  static Stream<Arguments> seeds() {
    return Seeds.of(CoseSealer.seal(CONTENT, SIGNER, SIGNER.chain(), SIGNER.chain()),
            CoseSealer.seal(CONTENT, EDWARDS, List.of(), EDWARDS.chain()),
            CoseSealer.seal(CONTENT, SIGNER, List.of(), List.of()),
            new CborWriter().tag(18).array(4)
                .octets(new CborWriter().map(2).integer(1).integer(-7).integer(2).array(1).integer(4).toOctets())
                .map(1).integer(4).octets(CONTENT).octets(CONTENT).octets(Octets.of(new byte[64])).toOctets())
        .andVectors("cose-voucher", ".hex", ".cbor", ".vrq", ".vch").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void opensAMessageOrRefuses(byte[] input) {
    Octets message = Octets.of(input);
    Hostile.read(() -> CoseOpener.open(message, SIGNER.chain()))
        .ifPresent(signed -> assertThat(signed.signerChain()).contains(signed.signer()));
    Hostile.read(() -> CoseOpener.openBy(SIGNER.certificate(), message))
        .ifPresent(signed -> assertThat(signed.signer()).isEqualTo(SIGNER.certificate()));
    Hostile.read(() -> CoseMessage.parse(message)).ifPresent(CoseOpenerFuzzTest::strip);
  }

  private static void strip(CoseMessage before) {
    Hostile.read(() -> CoseMessage.parse(before.withoutLooseCertificates())).ifPresent(after -> {
      assertThat(after.payload()).isEqualTo(before.payload());
      assertThat(after.protectedOctets()).isEqualTo(before.protectedOctets());
      assertThat(after.signature()).isEqualTo(before.signature());
      assertThat(Hostile.read(after::looseCertificates)).contains(0);
    });
  }
}
