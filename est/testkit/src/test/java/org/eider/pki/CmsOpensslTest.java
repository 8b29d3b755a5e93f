package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our CMS against the openssl command, in both directions; skipped where there is none. OpenSSL 3.0 has no Ed25519 in CMS. */
final class CmsOpensslTest {
  private static final TestPki MAKER = TestPki.manufacturer("Acme", "");

  @TempDir Path folder;

  @BeforeAll
  static void opensslIsThere() {
    Assumptions.assumeTrue(Openssl.isThere(), "skipped: no openssl command");
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "RSA2048"})
  void opensslVerifiesWhatWeSeal(KeyType type) throws Exception {
    Path message = Files.write(folder.resolve("m.der"),
        CmsSealer.seal(ForgedCms.CONTENT, CmsSealer.ANIMA_JSON_VOUCHER, MAKER.signer("signer", type), TestPki.NOW).toArray());
    Path anchors = Files.writeString(folder.resolve("ca.pem"), Certificates.pem(List.of(MAKER.certificate())));
    Path content = folder.resolve("content");
    openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", message.toString(), "-CAfile", anchors.toString(), "-purpose", "any",
        "-attime", Long.toString(TestPki.NOW.getEpochSecond()), "-out", content.toString());
    assertThat(Octets.of(Files.readAllBytes(content))).isEqualTo(ForgedCms.CONTENT);
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "RSA2048"})
  void weOpenWhatOpensslSigns(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    Path key = folder.resolve("key.pem");
    PemFiles.writeKey(key, signer.key());
    Path certificate = Files.writeString(folder.resolve("cert.pem"), Certificates.pem(List.of(signer.certificate())));
    Path content = Files.write(folder.resolve("content"), ForgedCms.CONTENT.toArray());
    Path message = folder.resolve("m.der");
    List<List<String>> variants = List.of(
        List.of(), List.of("-stream"), List.of("-keyid"), List.of("-md", "sha384"), List.of("-econtent_type", CmsSealer.ANIMA_JSON_VOUCHER));
    for (List<String> variant : variants) {
      List<String> words = new ArrayList<>(List.of("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", content.toString(),
          "-signer", certificate.toString(), "-inkey", key.toString(), "-out", message.toString()));
      words.addAll(variant);
      openssl(words.toArray(String[]::new));
      CmsSigned opened = CmsOpener.open(Octets.of(Files.readAllBytes(message)), List.of());
      assertThat(opened.content()).as(variant.toString()).isEqualTo(ForgedCms.CONTENT);
      assertThat(opened.signer()).isEqualTo(signer.certificate());
    }
  }

  private static void openssl(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
