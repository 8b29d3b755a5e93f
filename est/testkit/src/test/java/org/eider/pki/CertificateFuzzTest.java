package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A certificate is read or refused; of one that was read, everything that we ask of certificates is answered. */
class CertificateFuzzTest {
  private static final TestPki MAKER = TestPki.manufacturer("Maker", "masa.example.net:8443");
  private static final TrustAnchors ANCHORS = TrustAnchors.of(List.of(MAKER.certificate()));

  static Stream<Arguments> seeds() {
    List<Octets> seeds = new ArrayList<>();
    for (KeyType type : KeyType.values()) {
      if (!type.name().startsWith("RSA") || type == KeyType.RSA2048) {
        seeds.add(Certificates.der(MAKER.idevid("SN-1", type).certificate()));
      }
    }
    seeds.add(Certificates.der(MAKER.registrar("Registrar").certificate()));
    seeds.add(Certificates.der(MAKER.subordinate("Subordinate").certificate()));
    seeds.add(Certificates.der(MAKER.server(List.of("*.example.net", "localhost"), List.of("127.0.0.1", "::1")).certificate()));
    seeds.add(Certificates.der(MAKER.entity(new X500Name("CN=odd,2.5.4.5=\\#0403010203"), odd()).certificate()));
    return Seeds.of(seeds).andVectors("pki", ".der", ".b64").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsACertificateOrRefuses(byte[] input) {
    Optional<X509Certificate> read = Hostile.read(() -> Certificates.parse(Octets.of(input)));
    read.ifPresent(CertificateFuzzTest::ask);
  }

  private static void ask(X509Certificate certificate) {
    assertThat(Hostile.read(() -> Certificates.parse(Certificates.der(certificate)))).contains(certificate);
    Hostile.read(() -> MasaUri.of(certificate)).flatMap(uri -> uri).ifPresent(uri -> assertThat(uri.port()).isBetween(1, 65535));
    for (SerialNumberProfile profile : SerialNumberProfile.values()) {
      Hostile.read(() -> profile.serialNumber(certificate)).orElseThrow().ifPresent(serial -> assertThat(serial).isNotBlank());
    }
    for (String host : List.of("localhost", "www.example.net", "127.0.0.1", "[::1]")) {
      Hostile.read(() -> named(certificate, host));
    }
    assertThat(Certificates.sameIdevidIssuer(Certificates.idevidIssuer(certificate), Certificates.idevidIssuer(certificate))).isTrue();
    assertThat(Certificates.domainId(certificate)).isNotNull();
    assertThat(Certificates.subject(certificate)).isNotNull();
    assertThat(Certificates.authorityKeyId(certificate)).isNotNull();
    assertThat(Certificates.hasExtendedKeyUsage(certificate, Certificates.CMC_RA)).isIn(true, false);
    assertThat(KeyType.of(certificate.getPublicKey())).isNotNull();
    Hostile.read(() -> ANCHORS.validate(List.of(certificate), TestPki.NOW));
    Hostile.read(() -> ANCHORS.validate(List.of(MAKER.credential().certificate(), certificate), TestPki.NOW));
  }

  private static boolean named(X509Certificate certificate, String host) throws UntrustedException {
    ServiceName.check(certificate, host);
    return true;
  }

  private static List<Extension> odd() {
    GeneralName dns = new GeneralName(GeneralName.dNSName, "a.example.net");
    return List.of(
        CertificateMaker.extension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
          dns, new GeneralName(GeneralName.iPAddress, "10.0.0.1"), new GeneralName(new X500Name("CN=x")), new GeneralName(GeneralName.registeredID, "1.2.3")})),
        CertificateMaker.extension(Extension.nameConstraints, true,
            new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(dns)}, new GeneralSubtree[] {new GeneralSubtree(dns)})),
        CertificateMaker.extension(Extension.policyConstraints, true, new PolicyConstraints(java.math.BigInteger.ONE, java.math.BigInteger.TEN)));
  }
}
