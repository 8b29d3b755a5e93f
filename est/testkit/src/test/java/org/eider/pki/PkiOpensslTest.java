package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our certificates, keys, requests and certs-only messages against the openssl command; skipped where there is none. */
class PkiOpensslTest {
  private static final TestPki PKI = TestPki.manufacturer("Acme", "masa.example.com:9443");

  @TempDir
  private Path folder;

  @BeforeAll
  static void opensslIsThere() {
    Assumptions.assumeTrue(Openssl.isThere(), "skipped: no openssl command");
  }

  @Test
  void opensslVerifiesAPathOfOurs() throws Exception {
    TestPki sub = PKI.subordinate("Sub");
    Path anchor = write("anchor.pem", PKI.certificate());
    Path between = write("sub.pem", sub.certificate());
    Path leaf = write("leaf.pem", sub.idevid("S-1").certificate());
    openssl("verify", "-x509_strict", "-attime", Long.toString(TestPki.NOW.getEpochSecond()), "-CAfile", anchor.toString(),
        "-untrusted", between.toString(), leaf.toString());
    assertThat(openssl("x509", "-in", leaf.toString(), "-noout", "-enddate")).contains("9999");
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void opensslReadsOurKeysAndRequests(KeyType type) throws Exception {
    var key = TestPki.key(type);
    Path file = folder.resolve("key.pem");
    PemFiles.writeKey(file, key.getPrivate());
    openssl("pkey", "-check", "-noout", "-in", file.toString());
    Path request = Files.write(folder.resolve("r.der"), Csr.create(
        new X500Name("CN=x"), key, Optional.of("binding=="), List.of(CertificateMaker.keyUsage(KeyUsage.digitalSignature))).toArray());
    assertThat(openssl("req", "-verify", "-inform", "DER", "-noout", "-text", "-in", request.toString()))
        .contains("binding==").contains("Digital Signature");
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "RSA2048"})
  void weReadKeysAndRequestsOfOpenssl(KeyType type) throws Exception {
    Path key = folder.resolve("key.pem");
    if (type == KeyType.P256) {
      openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", key.toString());
    } else {
      openssl("genrsa", "-traditional", "-out", key.toString(), "2048");
    }
    Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    Path request = folder.resolve("r.der");
    openssl("req", "-new", "-batch", "-key", key.toString(), "-subj", "/serialNumber=S-1/O=Acme", "-outform", "DER", "-out", request.toString());
    Csr csr = Csr.parse(Octets.of(Files.readAllBytes(request)));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(KeyType.of(csr.publicKey())).contains(type);
    assertThat(PemFiles.readKey(key).getEncoded()).isNotEmpty();
  }

  @Test
  void opensslReadsOurCertsOnlyMessagesAndWeReadItsOwn() throws Exception {
    List<java.security.cert.X509Certificate> chain = PKI.subordinate("Sub").credential().chain();
    Path ours = Files.write(folder.resolve("ours.p7"), CertsOnly.encode(chain).toArray());
    assertThat(openssl("pkcs7", "-inform", "DER", "-print_certs", "-noout", "-in", ours.toString())).contains("CN = Sub").contains("CN = Acme");
    Path pem = folder.resolve("chain.pem");
    PemFiles.writeCertificates(pem, chain);
    Path theirs = folder.resolve("theirs.p7");
    openssl("crl2pkcs7", "-nocrl", "-certfile", pem.toString(), "-outform", "DER", "-out", theirs.toString());
    assertThat(CertsOnly.decode(Octets.of(Files.readAllBytes(theirs)))).containsExactlyInAnyOrderElementsOf(chain);
  }

  private Path write(String name, java.security.cert.X509Certificate certificate) throws java.io.IOException {
    Path file = folder.resolve(name);
    PemFiles.writeCertificates(file, List.of(certificate));
    return file;
  }

  private static String openssl(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
