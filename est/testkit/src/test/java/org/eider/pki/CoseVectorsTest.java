package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance cases of the COSE working group (RFC 9052, RFC 9053, RFC 9360), each as its manifest entry says. */
class CoseVectorsTest {
  static Stream<Vector> sign1() {
    return cases().filter(vector -> !vector.file().contains("x509"));
  }

  static Stream<Vector> sign() {
    return cases().filter(vector -> vector.file().contains("x509"));
  }

  private static Stream<Vector> cases() {
    return Vectors.manifest("cose-voucher").stream().filter(vector -> vector.file().startsWith("cose-wg/"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sign1")
  void aCoseSign1IsAcceptedOrRefusedAsItsManifestSays(Vector vector) throws Exception {
    JsonNode test = new ObjectMapper().readTree(vector.octets().toArray());
    Octets message = Octets.hex(test.path("output").path("cbor").asText().toLowerCase(java.util.Locale.ROOT));
    PublicKey key = key(test.path("input").path("sign0").path("key"));
    if (vector.isRefused()) {
      assertThat(isAccepted(message, key, Octets.empty())).isFalse();
      return;
    }
    assertThat(vector.expectResult().orElseThrow()).startsWith("ACCEPT");
    CoseMessage read = CoseMessage.parse(message);
    Octets externalAad = Octets.hex(vector.expect().path("external_aad_hex").asText());
    assertThat(read.protectedOctets().hex()).isEqualTo(vector.expect().path("protected_hex").asText());
    assertThat(read.isTagged()).isEqualTo(!vector.expect().path("tag").isNull());
    if (vector.expect().path("protected_hex").asText().equals("a0")) {
      // The algorithm stands in the unprotected header only, which we do not take; what is signed is as it should be all the same.
      assertThatExceptionOfType(DecodeException.class).isThrownBy(read::algorithm);
      assertThat(CoseAlgorithm.ES256.verifies(key, read.toBeSigned(externalAad), read.signature())).isTrue();
      return;
    }
    assertThat(read.algorithm().id()).isEqualTo(vector.expect().path("alg").asInt());
    assertThat(isAccepted(message, key, externalAad)).isTrue();
    assertThat(isAccepted(message, key, Octets.utf8("something else"))).isFalse();
    assertThat(read.isSignedBy(key)).isEqualTo(externalAad.isEmpty());
  }

  private static boolean isAccepted(Octets message, PublicKey key, Octets externalAad) {
    try {
      CoseMessage read = CoseMessage.parse(message);
      return read.algorithm().verifies(key, read.toBeSigned(externalAad), read.signature());
    } catch (DecodeException | UntrustedException refused) {
      return false;
    }
  }

  /** COSE_Sign is no format of ours; its certificates stand in headers as ours do. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("sign")
  void certificatesOfAHeaderAreReadAndMadeTheSignature(Vector vector) throws Exception {
    assertThat(vector.expectResult().orElseThrow()).startsWith("ACCEPT");
    JsonNode test = new ObjectMapper().readTree(vector.octets().toArray());
    Octets message = Octets.hex(test.path("output").path("cbor").asText().toLowerCase(java.util.Locale.ROOT));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CoseMessage.parse(message));
    List<CborItem> body = CborItem.read(message, 65_536).untagged().array("");
    List<CborItem> signer = body.get(3).array("").get(0).array("");
    Octets toBeSigned = new CborWriter().array(5).text("Signature").octets(body.get(0).octets("")).octets(signer.get(0).octets(""))
        .octets(Octets.empty()).octets(body.get(2).octets("")).toOctets();
    CoseHeaders headers = CoseHeaders.of(signer.get(1), "unprotected");
    X509Certificate alice = Certificates.parsePem(Files.readString(vector.folder().resolve("keys/cose-wg-x509-alice.crt"))).get(0);
    assertThat(CoseAlgorithm.ES256.verifies(alice.getPublicKey(), toBeSigned, signer.get(2).octets(""))).isTrue();
    List<Octets> expected = expectedCertificates(vector.expect().path("signer_unprotected"));
    assertThat(headers.certificates().stream().map(der -> der.sha256()).toList()).isEqualTo(expected);
    if (!expected.isEmpty()) {
      assertThat(Certificates.parse(headers.certificates().get(0)).getPublicKey()).isEqualTo(alice.getPublicKey());
    }
  }

  private static List<Octets> expectedCertificates(JsonNode headers) throws DecodeException {
    JsonNode value = headers.has("32") ? headers.get("32") : headers.path("33");
    List<JsonNode> each = value.isArray() ? List.of(value.get(0), value.get(1)) : value.isObject() ? List.of(value) : List.of();
    List<Octets> digests = new java.util.ArrayList<>();
    for (JsonNode one : each) {
      digests.add(Octets.hex(one.path("bytes").path("sha256").asText()));
    }
    return digests;
  }

  private static PublicKey key(JsonNode jwk) throws Exception {
    String curve = jwk.path("crv").asText();
    ByteArrayOutputStream point = new ByteArrayOutputStream();
    if (jwk.path("kty").asText().equals("OKP")) {
      ASN1ObjectIdentifier oid = curve.equals("Ed448") ? EdECObjectIdentifiers.id_Ed448 : EdECObjectIdentifiers.id_Ed25519;
      return key(new SubjectPublicKeyInfo(new AlgorithmIdentifier(oid), coordinate(jwk, "x", 0)));
    }
    int size = (Integer.parseInt(curve.substring(2)) + 7) / 8;
    point.write(4);
    point.writeBytes(coordinate(jwk, "x", size));
    point.writeBytes(coordinate(jwk, "y", size));
    ASN1ObjectIdentifier oid = switch (curve) {
      case "P-256" -> SECObjectIdentifiers.secp256r1;
      case "P-384" -> SECObjectIdentifiers.secp384r1;
      case "P-521" -> SECObjectIdentifiers.secp521r1;
      default -> throw new AssertionError("unknown curve " + curve);
    };
    return key(new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, oid), point.toByteArray()));
  }

  private static PublicKey key(SubjectPublicKeyInfo info) throws Exception {
    Optional<PublicKey> key = Bc.publicKey(info);
    return key.orElseThrow();
  }

  private static byte[] coordinate(JsonNode jwk, String name, int size) throws DecodeException {
    byte[] value = jwk.has(name + "_hex") ? Octets.hex(jwk.get(name + "_hex").asText()).toArray() : Base64.getUrlDecoder().decode(jwk.get(name).asText());
    byte[] padded = new byte[Math.max(size, value.length)];
    System.arraycopy(value, 0, padded, padded.length - value.length, value.length);
    return padded;
  }
}
