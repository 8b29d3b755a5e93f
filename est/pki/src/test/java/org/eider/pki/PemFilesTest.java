package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir
  private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void aKeyComesBackFromAFileThatOnlyItsOwnerReads(KeyType type) throws IOException {
    KeyPair pair = type.generate(RANDOM);
    Path file = folder.resolve("key.pem");
    PemFiles.writeKey(file, pair.getPrivate());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(Files.readString(file)).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("\n-----END PRIVATE KEY-----\n");
    assertThat(PemFiles.readKey(file)).isEqualTo(pair.getPrivate());
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "RSA2048", "ED25519"})
  void aKeyIsWrittenInTheVersionThatEveryToolReads(KeyType type) throws IOException {
    Path file = folder.resolve("key.pem");
    PemFiles.writeKey(file, type.generate(RANDOM).getPrivate());
    String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(java.util.Base64.getDecoder().decode(base64));
    assertThat(info.getVersion().intValueExact()).isZero();
    assertThat(info.hasPublicKey()).isFalse();
  }

  @Test
  void aKeyReplacesAnotherAndLeavesNothingBehind() throws IOException {
    Path file = folder.resolve("key.pem");
    Files.writeString(file, "older, and readable by all");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    KeyPair pair = KeyType.P256.generate(RANDOM);
    PemFiles.writeKey(file, pair.getPrivate());
    assertThat(PemFiles.readKey(file)).isEqualTo(pair.getPrivate());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rw--w----", "rw-rw-rw-"})
  void aKeyThatOthersMayUseIsNotRead(String permissions) throws IOException {
    Path file = folder.resolve("key.pem");
    PemFiles.writeKey(file, KeyType.P256.generate(RANDOM).getPrivate());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> PemFiles.readKey(file)).withMessageContaining("chmod 600 " + file);
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "RSA2048"})
  void keysInTheFormatsOfOlderToolsAreRead(KeyType type) throws IOException {
    KeyPair pair = type.generate(RANDOM);
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(pair.getPrivate());
    }
    assertThat(text.toString()).startsWith(type == KeyType.RSA2048 ? "-----BEGIN RSA PRIVATE KEY" : "-----BEGIN EC PRIVATE KEY");
    assertThat(PemFiles.readKey(owned(text.toString())).getEncoded()).isNotEmpty();
    assertThat(((java.security.Key) PemFiles.readKey(owned(text.toString()))).getAlgorithm()).isIn("EC", "ECDSA", "RSA");
  }

  @Test
  void parametersBeforeAKeyAreSkipped() throws IOException {
    KeyPair pair = KeyType.P256.generate(RANDOM);
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(pair.getPrivate());
    }
    Path file = owned("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + text);
    assertThat(PemFiles.readKey(file)).isEqualTo(pair.getPrivate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no PEM at all", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nMIIB",
      "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMBQwDgYJKoZIhvcNAQUNMAEFAAQCAAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"})
  void whatIsNoKeyIsAnErrorThatNamesTheFile(String text) throws IOException {
    Path file = owned(text);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> PemFiles.readKey(file)).withMessageContaining(file.toString());
  }

  @Test
  void certificatesComeBackInOrder() throws IOException {
    Path file = folder.resolve("chain.pem");
    List<X509Certificate> chain = List.of(certificate("one"), certificate("two"));
    PemFiles.writeCertificates(file, chain);
    assertThat(PemFiles.readCertificates(file)).isEqualTo(chain);
    assertThat(Files.readString(file).lines()).allMatch(line -> line.length() <= 64);
  }

  @Test
  void aFileWithoutCertificatesIsAnErrorThatNamesIt() throws IOException {
    Path file = owned("nothing");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> PemFiles.readCertificates(file)).withMessageContaining(file.toString());
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> PemFiles.readCertificates(folder.resolve("absent.pem")));
  }

  private Path owned(String text) throws IOException {
    Path file = Files.createTempFile(folder, "key", ".pem", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private static X509Certificate certificate(String name) {
    return CertificateMaker.selfSignedCa(
        new X500Name("CN=" + name), KeyType.P256.generate(RANDOM), BigInteger.ONE, Instant.EPOCH, CertificateMaker.NO_END, -1);
  }
}
