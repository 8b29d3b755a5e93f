package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.eider.pki.Certificates;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PKCS#10 requests as RFC 7030, RFC 9148 and others publish them, and mutations of them. */
class CsrVectorsTest {
  private static final Set<String> FIELDS = Set.of("subject", "key", "signatureAlgorithm", "hash", "attributes", "spki_sha256", "error");
  private static final Set<String> WEAK_HASHES = Set.of("md5", "sha1");

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("csr")).isEmpty();
  }

  static List<Vector> vectors() {
    return Vectors.manifest("csr");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void aRequestIsReadOrRefusedAsItsManifestSays(Vector vector) throws Exception {
    Manifest.assertKnown(vector.expect(), FIELDS);
    if (vector.expect().has("error")) {
      assertThat(vector.isRefused()).isTrue();
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Csr.parse(der(vector)));
      return;
    }
    Csr csr = Csr.parse(der(vector));
    assertThat(csr.der()).isEqualTo(der(vector));
    assertThat(csr.provesPossession()).isEqualTo(proven(vector)).isEqualTo(!vector.isRefused());
    assertThat(csr.signatureAlgorithm()).isEqualTo(vector.expect().path("signatureAlgorithm").asText());
    assertThat(csr.weakSignature()).isEqualTo(WEAK_HASHES.contains(vector.expect().path("hash").asText()));
    assertThat(Manifest.name(new X500Principal(csr.subject().getEncoded()))).isEqualTo(vector.expect().path("subject").asText());
    assertThat(Certificates.spkiSha256(csr.publicKey()).hex()).isEqualTo(vector.expect().path("spki_sha256").asText());
    assertThat(KeyType.of(csr.publicKey())).isEqualTo(Manifest.keyType(vector.expect().path("key").asText()));
    assertAttributes(csr, vector.expect().path("attributes"));
  }

  private static boolean proven(Vector vector) {
    return switch (vector.verify().path("signature").asText()) {
      case "valid" -> true;
      case "INVALID" -> false;
      default -> throw new AssertionError("unknown signature state: " + vector.verify());
    };
  }

  private static void assertAttributes(Csr csr, JsonNode expected) throws Exception {
    Set<String> types = new TreeSet<>();
    for (JsonNode attribute : expected) {
      String type = Manifest.oid(attribute.path("attribute").asText());
      types.add(type);
      JsonNode values = attribute.path("values");
      switch (type) {
        case "1.2.840.113549.1.9.7" -> assertThat(csr.challengePassword()).contains(values.path(0).path("string").asText());
        case "1.2.840.113549.1.9.14" -> assertExtensions(csr.extensions().orElseThrow(), values);
        default -> throw new AssertionError("unknown attribute " + attribute);
      }
    }
    assertThat(csr.hasChallengePassword()).isEqualTo(types.contains("1.2.840.113549.1.9.7"));
    assertThat(csr.extensions().isPresent()).isEqualTo(types.contains("1.2.840.113549.1.9.14"));
    Set<String> present = new TreeSet<>();
    for (Attribute attribute : new PKCS10CertificationRequest(csr.der().toArray()).getAttributes()) {
      present.add(attribute.getAttrType().getId());
    }
    assertThat(present).isEqualTo(types);
  }

  private static void assertExtensions(Extensions extensions, JsonNode expected) {
    assertThat(extensions.getExtensionOIDs()).hasSize(expected.size());
    for (JsonNode one : expected) {
      Extension extension = extensions.getExtension(new ASN1ObjectIdentifier(Manifest.oid(one.path("ext").asText())));
      assertThat(extension.isCritical()).isEqualTo(one.path("critical").asBoolean());
      assertThat(HexFormat.of().formatHex(extension.getExtnValue().getOctets())).isEqualTo(one.path("value_hex").asText());
    }
  }

  private static Octets der(Vector vector) throws DecodeException {
    return switch (vector.encoding()) {
      case "DER" -> vector.octets();
      case "base64" -> Base64Text.body(vector.octets(), vector.file());
      case "hex text" -> vector.hex();
      default -> throw new AssertionError("unknown encoding " + vector.encoding());
    };
  }
}
