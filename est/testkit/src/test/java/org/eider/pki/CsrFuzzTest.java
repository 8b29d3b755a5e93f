package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A certification request is read or refused; of one that was read, everything that enrolment asks is answered. */
class CsrFuzzTest {
  static Stream<Arguments> seeds() {
    List<Extension> extensions = List.of(CertificateMaker.subjectAltName(List.of("a.example.net"), List.of("10.0.0.1")));
    X500Name subject = new X500Name("CN=device,2.5.4.5=SN-1");
    return Seeds.of(
            Csr.create(subject, TestPki.key(KeyType.P256), Optional.of("binding"), extensions),
            Csr.create(subject, TestPki.key(KeyType.ED25519), Optional.empty(), List.of()),
            Csr.create(subject, TestPki.key(KeyType.RSA2048), Optional.of("\u00fc"), extensions))
        .andVectors("csr", ".der", ".b64", ".hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsARequestOrRefuses(byte[] input) {
    Hostile.read(() -> Csr.parse(Octets.of(input))).ifPresent(CsrFuzzTest::ask);
  }

  private static void ask(Csr csr) {
    assertThat(csr.subject().toString()).isNotNull();
    Hostile.read(csr::publicKey).ifPresent(key -> assertThat(KeyType.of(key)).isNotNull());
    Hostile.read(csr::extensions);
    Hostile.read(() -> KeyProtection.askedBy(csr)).flatMap(KeyProtection::ciphers).ifPresent(ciphers -> assertThat(ciphers).doesNotContainNull());
    csr.challengePassword().ifPresent(text -> assertThat(text.length()).isLessThanOrEqualTo(Csr.MAX_CHALLENGE_PASSWORD));
    assertThat(csr.challengePassword().isEmpty() || csr.hasChallengePassword()).isTrue();
    assertThat(Hostile.read(csr::provesPossession)).isPresent();
    assertThat(csr.weakSignature()).isIn(true, false);
  }
}
