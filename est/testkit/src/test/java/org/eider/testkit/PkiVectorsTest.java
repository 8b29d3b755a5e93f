package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates that RFC 8995, RFC 8366bis and cBRSKI publish: every field that the manifest names, the path, the key. */
class PkiVectorsTest {
  private static final Set<String> EXTENSIONS = Set.of("masaURL", "old_private", "san", "eku", "ca", "ski", "aki");

  @TempDir
  private Path folder;

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("pki")).isEmpty();
  }

  static List<Vector> vectors() {
    return Vectors.manifest("pki");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void aCertificateHoldsWhatItsManifestSays(Vector vector) throws Exception {
    assertThat(vector.isRefused()).isFalse();
    Manifest.assertKnown(vector.expect(), union(Manifest.CERTIFICATE_FIELDS, "subject_serialNumber", "subject_serialNumber_type", "extensions", "key"));
    X509Certificate certificate = certificate(vector);
    JsonNode expected = vector.expect();
    Manifest.assertCertificate(certificate, expected);
    assertThat(Certificates.subjectSerialNumber(certificate)).isEqualTo(text(expected.path("subject_serialNumber")));
    assertThat(SerialNumberProfile.SUBJECT_SERIAL_NUMBER.serialNumber(certificate)).isEqualTo(text(expected.path("subject_serialNumber")));
    assertThat(KeyType.of(certificate.getPublicKey())).isEqualTo(Manifest.keyType(expected.path("key").asText()));
    assertExtensions(certificate, expected.path("extensions"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void aPathIsFoundAtTheValidationTimeOrNot(Vector vector) throws Exception {
    X509Certificate certificate = certificate(vector);
    var at = vector.validationTime().orElseThrow();
    switch (vector.verify().path("path").asText()) {
      case "self-signed" -> assertThat(TrustAnchors.of(List.of(certificate)).validate(List.of(certificate), at)).containsExactly(certificate);
      case "openssl verify -purpose any: ok" -> {
        List<X509Certificate> anchor = PemFiles.readCertificates(vector.folder().resolve(vector.verify().path("trust_anchor").asText()));
        assertThat(TrustAnchors.of(anchor).validate(List.of(certificate), at)).startsWith(certificate).endsWith(anchor.get(0)).hasSize(2);
        assertFault(Fault.NOT_IN_VALIDITY, anchor, certificate, certificate.getNotBefore().toInstant().minusSeconds(1));
        assertFault(Fault.NO_PATH, List.of(TestPki.root("another").certificate()), certificate, at);
      }
      case "issuer not published" -> {
        assertThat(TrustAnchors.of(List.of(certificate)).validate(List.of(certificate), at)).containsExactly(certificate);
        assertFault(Fault.NO_PATH, List.of(), certificate, at);
      }
      default -> throw new AssertionError("unknown path " + vector.verify());
    }
  }

  static List<Vector> certificates() {
    Vectors.folder("pki");
    return Stream.of("pki", "est", "cms-voucher", "cose-voucher").filter(name -> Vectors.find(name).isPresent())
        .flatMap(name -> Vectors.certificates(name).stream()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("certificates")
  void anAnchorOrSignerIsTheCertificateOfItsManifest(Vector vector) throws DecodeException {
    List<X509Certificate> certificates = Certificates.parsePem(vector.text());
    assertThat(certificates).hasSize(1);
    Manifest.assertCertificate(certificates.get(0), vector.expect());
    assertThat(Certificates.parsePem(Certificates.pem(certificates))).isEqualTo(certificates);
  }

  static List<Vector> vectorsWithKey() {
    return vectors().stream().filter(vector -> vector.verify().has("private_key")).toList();
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("vectorsWithKey")
  void thePublishedKeyBelongsToTheCertificate(Vector vector) throws Exception {
    Path copy = folder.resolve("key.pem");
    Files.copy(vector.folder().resolve(vector.verify().path("private_key").asText()), copy);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    PrivateKey key = PemFiles.readKey(copy);
    X509Certificate certificate = certificate(vector);
    Signature signature = Signature.getInstance(KeyType.of(certificate.getPublicKey()).orElseThrow().signatureAlgorithm(), Bc.PROVIDER);
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    assertThat(signature.verify(signed)).isTrue();
  }

  @Test
  void theDomainIdsOfRfc8995AppendixC() throws DecodeException {
    assertThat(Certificates.domainId(published("rfc8995-jrc_prime256v1.crt")).base64()).isEqualTo("Oy6w2vS8ar8m/FtEHuzs7sl7LSD3pW9yTCgCecoIL3M=");
    assertThat(Certificates.domainId(published("rfc8995-ownerca_secp384r1.crt")).base64()).isEqualTo("uaX2yxHhB6RJLKcIxnwQvIezdCY=");
  }

  @Test
  void theRegistrarOfRfc8995HasOnlyACriticalCmcRa() throws Exception {
    X509Certificate registrar = published("rfc8995-jrc_prime256v1.crt");
    assertThat(registrar.getCriticalExtensionOIDs()).contains("2.5.29.37");
    assertThat(registrar.getExtendedKeyUsage()).containsExactly(Certificates.CMC_RA);
    assertThat(Certificates.hasExtendedKeyUsage(registrar, Certificates.CMC_RA)).isTrue();
    assertThat(Certificates.hasExtendedKeyUsage(published("rfc8995-masa.crt"), Certificates.CMC_RA)).isFalse();
  }

  @Test
  void theMasaOfTheRfc8995IdevidIsAnAuthorityWithAPort() throws Exception {
    assertThat(MasaUri.of(published("rfc8995-idevid_00-D0-E5-F2-00-02.crt")).orElseThrow().operation("requestvoucher"))
        .hasToString("https://highway-test.example.com:9443/.well-known/brski/requestvoucher");
  }

  @Test
  void theSudiOfRfc8366bisGivesItsSerialNumber() throws Exception {
    X509Certificate sudi = published("rfc8366bis-idevid1-example.der");
    assertThat(SerialNumberProfile.CISCO_SUDI.serialNumber(sudi)).contains("FDO27361XTF");
    assertThat(Certificates.idevidIssuer(sudi).hex()).isEqualTo("041830168014ea6ba3b9c113977e1bfb3a8d686007395f8748fa");
  }

  @Test
  void anIdevidWithoutAuthorityKeyIdentifierGetsOneOfItsOwnKey() throws DecodeException {
    X509Certificate idevid = published("rfc8995-idevid_00-D0-E5-F2-00-02.crt");
    assertThat(Certificates.authorityKeyId(idevid)).isEmpty();
    assertThat(Certificates.idevidIssuer(idevid).hex()).startsWith("041830168014").hasSize(52);
  }

  /** A certificate that the test knows by name; aborts where the folder holds others. */
  private static X509Certificate published(String file) throws DecodeException {
    return certificate(Vectors.named("pki", file));
  }

  private static void assertFault(Fault fault, List<X509Certificate> anchors, X509Certificate certificate, java.time.Instant at) {
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> TrustAnchors.of(anchors).validate(List.of(certificate), at))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(fault));
  }

  private static void assertExtensions(X509Certificate certificate, JsonNode expected) throws Exception {
    Manifest.assertKnown(expected, EXTENSIONS);
    assertThat(certificate.getBasicConstraints() >= 0).isEqualTo(expected.path("ca").asBoolean());
    assertThat(Certificates.subjectKeyId(certificate).map(org.eider.wire.Octets::hex)).isEqualTo(text(expected.path("ski")));
    assertThat(Certificates.authorityKeyId(certificate).map(org.eider.wire.Octets::hex)).isEqualTo(text(expected.path("aki")));
    assertThat(Optional.ofNullable(certificate.getExtendedKeyUsage()).orElse(List.of())).isEqualTo(texts(expected.path("eku")));
    assertMasa(certificate, expected.path("masaURL"));
    assertNames(certificate, expected.path("san"));
    for (var old : expected.path("old_private").properties()) {
      assertThat(old.getValue().path("type").asText()).isEqualTo("UTF8String");
      assertThat(content(certificate, old.getKey())).isInstanceOfSatisfying(
          ASN1UTF8String.class, value -> assertThat(value.getString()).isEqualTo(old.getValue().path("value").asText()));
    }
  }

  private static void assertMasa(X509Certificate certificate, JsonNode expected) throws DecodeException {
    if (expected.isNull()) {
      assertThat(MasaUri.of(certificate)).isEmpty();
      return;
    }
    assertThat(expected.path("type").asText()).isEqualTo("IA5String");
    assertThat(MasaUri.of(certificate)).contains(MasaUri.parse(expected.path("value").asText()));
  }

  private static void assertNames(X509Certificate certificate, JsonNode expected) throws IOException {
    if (expected.isNull()) {
      assertThat(certificate.getExtensionValue("2.5.29.17")).isNull();
      return;
    }
    GeneralName[] names = GeneralNames.getInstance(content(certificate, "2.5.29.17")).getNames();
    assertThat(names).hasSize(expected.size());
    for (int i = 0; i < names.length; i++) {
      JsonNode name = expected.get(i);
      if (name.has("otherName")) {
        OtherName other = OtherName.getInstance(names[i].getName());
        assertThat(other.getTypeID().getId()).isEqualTo(name.path("otherName").asText());
        // The manifest shows the explicit [0] around the value.
        assertThat(HexFormat.of().formatHex(names[i].getEncoded("DER"))).endsWith(name.path("value_hex").asText());
      } else {
        Manifest.assertKnown(name, Set.of("rfc822_name"));
        assertThat(names[i].getTagNo()).isEqualTo(GeneralName.rfc822Name);
        assertThat(names[i].getName()).hasToString(name.path("rfc822_name").asText());
      }
    }
  }

  private static ASN1Primitive content(X509Certificate certificate, String oid) throws IOException {
    return ASN1Primitive.fromByteArray(ASN1OctetString.getInstance(certificate.getExtensionValue(oid)).getOctets());
  }

  private static X509Certificate certificate(Vector vector) throws DecodeException {
    return switch (vector.encoding()) {
      case "DER" -> Certificates.parse(vector.octets());
      case "PEM" -> Certificates.parsePem(vector.text()).get(0);
      default -> throw new AssertionError("unknown encoding " + vector.encoding());
    };
  }

  private static Optional<String> text(JsonNode node) {
    return node.isNull() ? Optional.empty() : Optional.of(node.asText());
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  private static Set<String> union(Collection<String> some, String... more) {
    Set<String> all = new java.util.TreeSet<>(some);
    all.addAll(List.of(more));
    return all;
  }
}
