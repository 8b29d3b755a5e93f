package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.KeyProtection;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.registrar.server.config.EnrolmentSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server-side key generation as a device sees it (RFC 7030 section 4.4), its answers read by OpenSSL. */
class ServerKeygenTest {
  @TempDir Path folder;

  @Test
  void opensslReadsThePlainKeyAndFindsItInTheCertificate() throws Exception {
    try (TestSite site = new TestSite(folder.resolve("data"), switchedOn())) {
      TestPledge pledge = site.pledge("SN-1");
      List<Part> parts = parts(TestPledge.expect(200, keygen(pledge, List.of())));

      assertThat(parts).extracting(Part::type).containsExactly("application/pkcs8", "application/pkcs7-mime; smime-type=certs-only");
      X509Certificate certificate = CertsOnly.decode(parts.get(1).content()).get(0);
      Path key = write("key.der", parts.get(0).content());
      Path pem = folder.resolve("certificate.pem");
      PemFiles.writeCertificates(pem, List.of(certificate));
      assertThat(openssl("pkey", "-inform", "DER", "-in", key, "-pubout")).isNotBlank()
          .isEqualTo(openssl("x509", "-in", pem, "-noout", "-pubkey"));
      assertThat(KeyType.of(certificate.getPublicKey())).contains(KeyType.P256);
    }
  }

  @Test
  void opensslDeciphersTheKeyWithTheClientsOwn() throws Exception {
    try (TestSite site = new TestSite(folder.resolve("data"), switchedOn())) {
      TestPledge pledge = site.pledge("SN-1");
      Octets name = Certificates.subjectKeyId(pledge.idevid().certificate()).orElseThrow();
      List<Part> parts = parts(TestPledge.expect(200, keygen(pledge, List.of(name))));

      assertThat(parts.get(0).type()).isEqualTo("application/pkcs7-mime; smime-type=server-generated-key");
      Path enveloped = write("enveloped.der", parts.get(0).content());
      Path idevid = folder.resolve("idevid.pem");
      Path idevidKey = folder.resolve("idevid.key.pem");
      PemFiles.writeCertificates(idevid, List.of(pledge.idevid().certificate()));
      PemFiles.writeKey(idevidKey, pledge.idevid().key());
      Path signed = folder.resolve("signed.der");
      openssl("cms", "-decrypt", "-inform", "DER", "-in", enveloped, "-recip", idevid, "-inkey", idevidKey, "-out", signed);
      // What was enveloped is the SignedData itself; as a file of its own it needs its type before it.
      ContentInfo whole = new ContentInfo(CMSObjectIdentifiers.signedData, ASN1Primitive.fromByteArray(Files.readAllBytes(signed)));
      Path message = write("message.der", Octets.of(whole.getEncoded("DER")));
      Path ca = site.data.resolve("ca").resolve("root.pem");
      Path keys = folder.resolve("keys.der");
      openssl("cms", "-verify", "-inform", "DER", "-in", message, "-CAfile", ca, "-purpose", "any", "-binary", "-out", keys);
      ASN1Sequence keyPackage = ASN1Sequence.getInstance(Files.readAllBytes(keys));
      Path key = write("key.der", Octets.of(keyPackage.getObjectAt(0).toASN1Primitive().getEncoded("DER")));
      Path pem = folder.resolve("certificate.pem");
      PemFiles.writeCertificates(pem, CertsOnly.decode(parts.get(1).content()));
      assertThat(openssl("pkey", "-inform", "DER", "-in", key, "-pubout")).isNotBlank()
          .isEqualTo(openssl("x509", "-in", pem, "-noout", "-pubkey"));
    }
  }

  @Test
  void itIsRefusedWithAReasonUnlessTheConfigurationSwitchesItOn() throws Exception {
    try (TestSite site = new TestSite(folder.resolve("data"))) {
      HttpResponse response = keygen(site.pledge("SN-1"), List.of());
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.body().utf8()).startsWith("no keys are made for devices here");
    }
  }

  @Test
  void theKeyIsInNoFileOfTheRegistrar() throws Exception {
    try (TestSite site = new TestSite(folder.resolve("data"), switchedOn())) {
      byte[] key = parts(TestPledge.expect(200, keygen(site.pledge("SN-1"), List.of()))).get(0).content().toArray();
      // The 32 octets of a P-256 private key stand at 36 of its PKCS#8.
      String secret = Octets.of(key).slice(36, 68).hex();
      assertThat(site.report("SN-1").orElseThrow().toString()).contains("with a key made by the registrar").doesNotContain(secret);
      try (var files = Files.walk(site.data)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Octets.of(Files.readAllBytes(file)).hex()).as(file.toString()).doesNotContain(secret);
        }
      }
    }
  }

  /** A part of the answer, decoded. */
  private record Part(String type, Octets content) {}

  private static List<Part> parts(HttpResponse response) {
    List<Part> parts = new ArrayList<>();
    String[] pieces = response.body().utf8().split("--eider-next-part");
    for (int i = 1; i < pieces.length - 1; i++) {
      String[] halves = pieces[i].split("\r\n\r\n", 2);
      String type = halves[0].lines().filter(line -> line.startsWith("Content-Type: ")).findFirst().orElseThrow().substring(14);
      parts.add(new Part(type, Octets.of(java.util.Base64.getDecoder().decode(halves[1].strip()))));
    }
    return parts;
  }

  private static HttpResponse keygen(TestPledge pledge, List<Octets> ownKeyNames) throws Exception {
    KeyPair unused = TestPledge.newKey();
    var builder = new PKCS10CertificationRequestBuilder(
        new X500Name("CN=any"), SubjectPublicKeyInfo.getInstance(unused.getPublic().getEncoded()));
    ownKeyNames.forEach(name ->
        builder.addAttribute(new ASN1ObjectIdentifier(KeyProtection.ASYMM_DECRYPT_KEY_ID), new DEROctetString(name.toArray())));
    Octets csr = Octets.of(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER)
        .build(unused.getPrivate())).getEncoded());
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
      return line.post("/.well-known/est/serverkeygen", Octets.utf8(csr.base64()), Map.of("content-type", "application/pkcs10"));
    }
  }

  private static RegistrarConfig switchedOn() {
    RegistrarConfig off = TestSite.config();
    EnrolmentSettings e = off.enrolment();
    return off.withEnrolment(new EnrolmentSettings(e.subject(), e.dnsNames(), e.keyTypes(), e.preferredKeyType(), e.lifetime(),
        e.extendedKeyUsages(), e.requireChannelBinding(), true, e.serverKeygenKeyTypes()));
  }

  private Path write(String name, Octets content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray());
  }

  private static String openssl(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
      return output;
    } catch (IOException absent) {
      Assumptions.abort("openssl is not installed, so this is not tested here");
      throw absent;
    }
  }
}
