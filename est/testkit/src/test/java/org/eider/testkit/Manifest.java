package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;

/** How manifests write what certificates and requests hold. */
final class Manifest {
  private static final Map<String, String> KEYWORDS = Map.of("2.5.4.5", "SERIALNUMBER");
  /** Fields of a certificate that {@link #assertCertificate} compares; callers compare further ones themselves. */
  static final Set<String> CERTIFICATE_FIELDS = Set.of("subject", "issuer", "serial", "notBefore", "notAfter", "sha256");

  private Manifest() {}

  /** RFC 4514 text, with 2.5.4.5 as a number as the manifests have it. */
  static String name(X500Principal principal) {
    return principal.getName(X500Principal.RFC2253, KEYWORDS).replace("SERIALNUMBER=", "2.5.4.5=");
  }

  static void assertCertificate(X509Certificate certificate, JsonNode expected) {
    assertThat(name(certificate.getSubjectX500Principal())).isEqualTo(expected.path("subject").asText());
    assertThat(name(certificate.getIssuerX500Principal())).isEqualTo(expected.path("issuer").asText());
    assertThat(certificate.getSerialNumber()).isEqualTo(new BigInteger(expected.path("serial").asText().substring(2), 16));
    assertThat(certificate.getNotBefore().toInstant()).isEqualTo(expected.path("notBefore").asText());
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(expected.path("notAfter").asText());
    assertThat(Certificates.der(certificate).sha256().hex()).isEqualTo(expected.path("sha256").asText());
  }

  /** Fails on a member that the test does not know, so that nothing in a manifest is passed over. */
  static void assertKnown(JsonNode node, Set<String> known) {
    List<String> unknown = new ArrayList<>();
    node.fieldNames().forEachRemaining(name -> {
      if (!known.contains(name)) {
        unknown.add(name);
      }
    });
    assertThat(unknown).as("members that this test does not compare").isEmpty();
  }

  /** The type of key of {@code EC secp256r1} or {@code RSA 2048}; empty for one that Eider does not accept. */
  static Optional<KeyType> keyType(String described) {
    if (described.startsWith("RSA ")) {
      int bits = Integer.parseInt(described.substring(4));
      return bits < 2048 || bits > 8192 ? Optional.empty()
          : Optional.of(bits < 3072 ? KeyType.RSA2048 : bits < 4096 ? KeyType.RSA3072 : KeyType.RSA4096);
    }
    return switch (described) {
      case "EC secp256r1" -> Optional.of(KeyType.P256);
      case "EC secp384r1" -> Optional.of(KeyType.P384);
      case "EC secp521r1" -> Optional.of(KeyType.P521);
      case "EC secp256k1" -> Optional.empty();
      case "Ed25519" -> Optional.of(KeyType.ED25519);
      default -> throw new AssertionError("unknown key " + described);
    };
  }

  /** The number of {@code 1.2.840.113549.1.9.7 (challengePassword)}. */
  static String oid(String described) {
    return described.split(" ", 2)[0];
  }
}
