package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Csr;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.wire.Base64Text;
import org.eider.wire.ContentFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies and messages that RFC 7030, RFC 8951, RFC 9148 and RFC 9908 publish, and mutations of them. */
class EstVectorsTest {
  /**
   * The framing of these kinds is that of EST-coaps (RFC 9148): multipart-core of RFC 8710 (rfc9148-a3-skg-response.cbor and the
   * derived skg-*.cbor), and block-wise transfer of RFC 7959 (rfc9148-b1-block2.json), whose messages {@code BlockVectorTest} of est/coap
   * exchanges; here are the octets in them.
   */
  private static final Set<String> FOR_EST_COAPS = Set.of("multipart-core", "blocks");

  private static final Set<String> SIGNED_DATA = Set.of(
      "version", "eContentType", "eContent", "digestAlgorithms", "crls", "certificates", "same_public_key_as_request");

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("est")).isEmpty();
  }

  static List<Vector> vectors() {
    return Vectors.manifest("est");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void aBodyIsReadOrRefusedAsItsManifestSays(Vector vector) throws Exception {
    String kind = kind(vector);
    switch (kind) {
      case "message" -> checkMessage(vector);
      case "certificates" -> checkCertificates(vector);
      case "csrattrs" -> checkAttributes(vector);
      case "private key" -> checkPrivateKey(vector);
      case "multipart-core" -> checkParts(vector);
      case "blocks" -> checkBlocks(vector);
      default -> throw new AssertionError("unknown kind of vector " + vector.file());
    }
    assertThat(FOR_EST_COAPS.contains(kind)).isEqualTo(vector.file().endsWith(".cbor") || vector.file().endsWith(".json"));
  }

  private static String kind(Vector vector) {
    if (vector.encoding().equals("HTTP/1.1 message text")) {
      return "message";
    }
    if (vector.expect().has("certificates")) {
      return "certificates";
    }
    if (vector.expect().has("csrattrs")) {
      return "csrattrs";
    }
    if (vector.expect().has("rsa_bits")) {
      return "private key";
    }
    if (vector.expect().has("array")) {
      return "multipart-core";
    }
    if (vector.expect().has("blocks")) {
      return "blocks";
    }
    String from = vector.derived().map(derived -> derived.path("from").asText()).orElse("");
    return vectors().stream().filter(other -> other.file().equals(from)).findFirst().map(EstVectorsTest::kind).orElse("unknown");
  }

  // ---- certs-only messages

  private static void checkCertificates(Vector vector) throws Exception {
    if (vector.isRefused() || vector.expectResult().orElse("").startsWith("implementation choice")) {
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CertsOnly.decode(body(vector)));
      return;
    }
    Manifest.assertKnown(vector.expect(), SIGNED_DATA);
    List<X509Certificate> certificates = CertsOnly.decode(body(vector));
    JsonNode expected = vector.expect().path("certificates");
    assertThat(certificates).hasSize(expected.size());
    for (int i = 0; i < certificates.size(); i++) {
      Manifest.assertKnown(expected.get(i), Set.of("subject", "issuer", "serial", "notBefore", "notAfter", "sha256", "self_issued", "ca", "sigalg",
          "signed_by_certificate_index", "signed_by_extra"));
      Manifest.assertCertificate(certificates.get(i), expected.get(i));
      assertThat(certificates.get(i).getBasicConstraints() >= 0).isEqualTo(expected.get(i).path("ca").asBoolean());
      assertIssuers(vector, certificates, i, expected.get(i));
    }
    assertThat(CertsOnly.decode(CertsOnly.encode(certificates))).containsExactlyInAnyOrderElementsOf(certificates);
    if (vector.expect().path("same_public_key_as_request").asBoolean()) {
      Octets key = Certificates.spkiSha256(certificates.get(0).getPublicKey());
      assertThat(Vectors.manifest("csr").stream().map(request -> request.expect().path("spki_sha256").asText())).contains(key.hex());
    }
  }

  private static void assertIssuers(Vector vector, List<X509Certificate> certificates, int index, JsonNode expected) throws IOException {
    List<Integer> signers = new ArrayList<>();
    for (int i = 0; i < certificates.size(); i++) {
      if (signedBy(certificates.get(index), certificates.get(i))) {
        signers.add(i);
      }
    }
    List<Integer> listed = new ArrayList<>();
    expected.path("signed_by_certificate_index").forEach(node -> listed.add(node.asInt()));
    assertThat(signers).isEqualTo(listed);
    if (expected.has("signed_by_extra")) {
      assertThat(published(vector)).anySatisfy(extra -> {
        assertThat(Manifest.name(extra.getSubjectX500Principal())).isEqualTo(expected.path("signed_by_extra").asText());
        assertThat(signedBy(certificates.get(index), extra)).isTrue();
        assertThat(isWeak(certificates.get(index), extra, vector)).isEqualTo(expected.path("sigalg").asText().startsWith("sha1"));
      });
    }
  }

  private static List<X509Certificate> published(Vector vector) throws IOException {
    List<X509Certificate> published = new ArrayList<>();
    try (var files = Files.newDirectoryStream(vector.folder().resolve("keys"), "*.crt")) {
      for (Path file : files) {
        published.addAll(PemFiles.readCertificates(file));
      }
    }
    return published;
  }

  private static boolean isWeak(X509Certificate certificate, X509Certificate anchor, Vector vector) {
    try {
      TrustAnchors.of(List.of(anchor)).validate(List.of(certificate), vector.validationTime().orElseThrow());
      return false;
    } catch (UntrustedException e) {
      assertThat(e.fault()).isEqualTo(UntrustedException.Fault.WEAK_ALGORITHM);
      return true;
    }
  }

  private static boolean signedBy(X509Certificate subject, X509Certificate issuer) {
    try {
      subject.verify(issuer.getPublicKey(), Bc.PROVIDER);
      return subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (java.security.GeneralSecurityException e) {
      return false;
    }
  }

  // ---- CSR attributes

  private static void checkAttributes(Vector vector) throws DecodeException {
    if (vector.isRefused()) {
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CsrAttributes.parse(body(vector)));
      return;
    }
    CsrAttributes attributes = CsrAttributes.parse(body(vector));
    assertThat(attributes.encode()).isEqualTo(body(vector));
    if (vector.expectResult().orElse("").equals("ACCEPT (same as 204/404)")) {
      assertThat(attributes.entries()).isEmpty();
      return;
    }
    Manifest.assertKnown(vector.expect(), Set.of("csrattrs", "octets", "identical_to_rfc7030_a2"));
    assertThat(body(vector).size()).isEqualTo(vector.expect().path("octets").asInt());
    JsonNode expected = vector.expect().path("csrattrs");
    assertThat(attributes.entries()).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      CsrAttributes.Entry entry = attributes.entries().get(i);
      assertThat(entry.oid()).isEqualTo(Manifest.oid(expected.get(i).path(expected.get(i).has("oid") ? "oid" : "attribute").asText()));
      JsonNode values = expected.get(i).path("values");
      assertThat(entry.values()).hasSize(values.size());
      for (int k = 0; k < values.size(); k++) {
        assertValue(entry.values().get(k), values.get(k));
      }
    }
  }

  private static void assertValue(ASN1Encodable value, JsonNode expected) {
    if (expected.has("oid")) {
      assertThat(((ASN1ObjectIdentifier) value).getId()).isEqualTo(Manifest.oid(expected.path("oid").asText()));
    } else if (expected.has("string")) {
      assertThat(((ASN1String) value).getString()).isEqualTo(expected.path("string").asText());
    } else if (expected.has("int")) {
      assertThat(((ASN1Integer) value).getValue()).isEqualTo(BigInteger.valueOf(expected.path("int").asInt()));
    } else if (expected.has("bool")) {
      assertThat(((ASN1Boolean) value).isTrue()).isEqualTo(expected.path("bool").asBoolean());
    } else if (expected.has("seq")) {
      ASN1Sequence sequence = (ASN1Sequence) value;
      assertThat(sequence.size()).isEqualTo(expected.path("seq").size());
      for (int i = 0; i < sequence.size(); i++) {
        assertValue(sequence.getObjectAt(i), expected.path("seq").get(i));
      }
    } else if (expected.path("tag").asText().equals("0x04")) {
      assertThat(HexFormat.of().formatHex(((ASN1OctetString) value).getOctets())).isEqualTo(expected.path("hex").asText());
    } else {
      throw new AssertionError("unknown value " + expected);
    }
  }

  // ---- the key of server-side generation

  private static void checkPrivateKey(Vector vector) throws Exception {
    PrivateKey key = privateKey(body(vector));
    assertThat(((RSAPrivateKey) key).getModulus().bitLength()).isEqualTo(vector.expect().path("rsa_bits").asInt());
    if (vector.file().equals("rfc7030-a4-private-key.p8.b64")) {
      assertBelongs(key, CertsOnly.decode(body(Vectors.named("est", "rfc7030-a4-certificate.b64"))).get(0));
    }
  }

  private static PrivateKey privateKey(Octets pkcs8) throws IOException {
    return new JcaPEMKeyConverter().setProvider(Bc.PROVIDER).getPrivateKey(PrivateKeyInfo.getInstance(pkcs8.toArray()));
  }

  private static void assertBelongs(PrivateKey key, X509Certificate certificate) throws Exception {
    Signature signature = Signature.getInstance(KeyType.of(certificate.getPublicKey()).orElseThrow().signatureAlgorithm(), Bc.PROVIDER);
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    assertThat(signature.verify(signed)).isTrue();
  }

  // ---- whole HTTP messages

  private static void checkMessage(Vector vector) throws Exception {
    Manifest.assertKnown(vector.expect(), Set.of("headers", "body_octets"));
    String[] halves = vector.text().split("\n\n", 2);
    List<String> head = halves[0].lines().toList();
    List<String> expected = new ArrayList<>();
    vector.expect().path("headers").forEach(node -> expected.add(node.asText()));
    assertThat(head).isEqualTo(expected);
    String body = halves.length > 1 ? halves[1] : "";
    assertThat(body).hasSize(vector.expect().path("body_octets").asInt());
    Optional<String> type = head.stream().filter(line -> line.startsWith("Content-Type: ")).map(line -> line.substring(14)).findFirst();
    assertThat(type.isPresent()).isEqualTo(!body.isEmpty());
    if (type.isPresent()) {
      checkBody(MediaType.parse(type.get()), Octets.of(body.getBytes(StandardCharsets.ISO_8859_1)));
    }
  }

  private static void checkBody(MediaType type, Octets body) throws Exception {
    if (type.is(MediaType.PKCS7)) {
      assertThat(type.parameter("smime-type").orElse("certs-only")).isEqualTo("certs-only");
      assertThat(CertsOnly.decode(Base64Text.body(body, "body"))).isNotEmpty();
    } else if (type.is(MediaType.PKCS10)) {
      assertThat(Csr.parse(Base64Text.body(body, "body")).provesPossession()).isTrue();
    } else if (type.is(MediaType.CSR_ATTRS)) {
      assertThat(CsrAttributes.parse(Base64Text.body(body, "body")).entries()).isNotEmpty();
    } else {
      assertThat(type.type() + "/" + type.subtype()).isEqualTo("multipart/mixed");
      checkParts(type.parameter("boundary").orElseThrow(), body.utf8());
    }
  }

  /** Server-side key generation is not offered; the parts show that base64 and the content are read. */
  private static void checkParts(String boundary, String body) throws Exception {
    Map<String, String> parts = new java.util.TreeMap<>();
    for (String part : body.split("--" + boundary)) {
      String[] halves = part.strip().split("\n\n", 2);
      halves[0].lines().filter(line -> line.startsWith("Content-Type: ")).findFirst()
          .ifPresent(line -> parts.put(line.substring(14).split(";")[0], halves[1]));
    }
    assertThat(parts.keySet()).containsExactlyInAnyOrder("application/pkcs8", "application/pkcs7-mime");
    Octets key = Base64Text.body(Octets.utf8(parts.get("application/pkcs8")), "key");
    X509Certificate certificate = CertsOnly.decode(Base64Text.body(Octets.utf8(parts.get("application/pkcs7-mime")), "certificate")).get(0);
    assertBelongs(privateKey(key), certificate);
  }

  // ---- the DER inside what is framed for CoAP

  /** multipart-core of RFC 8710, by our own reader; a manifest refuses what is malformed, and what lacks a certificate. */
  private static void checkParts(Vector vector) throws Exception {
    if (vector.file().endsWith("skg-odd-array.cbor")) {
      assertThat(vector.isRefused()).isTrue();
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MultipartCore.decode(vector.octets()));
      return;
    }
    MultipartCore parts = MultipartCore.decode(vector.octets());
    Octets key = parts.first(ContentFormat.PKCS8).orElseThrow();
    Optional<Octets> message = parts.first(ContentFormat.CERTS_ONLY);
    assertThat(message.isPresent()).as("a certificate is there unless the manifest refuses").isEqualTo(!vector.isRefused());
    if (message.isPresent()) {
      assertBelongs(privateKey(key), CertsOnly.decode(message.get()).get(0));
      assertThat(parts.encode()).as("written again").isEqualTo(vector.octets());
    }
    if (vector.expect().has("array")) {
      JsonNode expected = vector.expect().path("array");
      assertThat(key.sha256().hex()).isEqualTo(expected.get(1).path("sha256").asText());
      assertThat(message.orElseThrow().sha256().hex()).isEqualTo(expected.get(3).path("sha256").asText());
      Manifest.assertCertificate(CertsOnly.decode(message.get()).get(0), expected.get(3).path("certificate"));
    }
  }

  private static void checkBlocks(Vector vector) throws Exception {
    Octets whole = Vectors.named("est", "rfc9148-b1-crts-639.hex").hex();
    assertThat(whole.size()).isEqualTo(vector.expect().path("total").asInt());
    assertThat(vector.text()).contains(whole.slice(0, 64).hex(), whole.slice(64, 128).hex(), whole.slice(576, 639).hex());
    assertThat(CertsOnly.decode(whole)).hasSize(1);
  }

  /** What an EST client takes from the body of a response; files that are not base64 by name are taken as they are. */
  private static Octets body(Vector vector) throws DecodeException {
    return switch (vector.encoding()) {
      case "base64", "PEM" -> Base64Text.body(vector.octets(), vector.file());
      case "hex text" -> vector.hex();
      // Under the name .p7 it is a body that ought to be base64 and is not.
      case "DER" -> Base64Text.body(vector.octets(), vector.file());
      case "see mutation" -> vector.file().endsWith(".der") ? vector.octets() : Base64Text.body(vector.octets(), vector.file());
      default -> throw new AssertionError("unknown encoding " + vector.encoding());
    };
  }
}
