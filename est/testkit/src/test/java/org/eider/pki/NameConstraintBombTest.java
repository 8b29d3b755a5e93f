package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.eider.testkit.TestPki.NOT_AFTER;
import static org.eider.testkit.TestPki.NOT_BEFORE;
import static org.eider.testkit.TestPki.NOW;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names and constraints that are few octets each, and whose combinations take minutes: from authorities that somebody did trust. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NameConstraintBombTest {
  private static final TestPki ROOT = TestPki.root("Root");
  private static final TrustAnchors ANCHORS = TrustAnchors.of(List.of(ROOT.certificate()));

  @Test
  void addressRangesThatMultiplyFromLevelToLevelAreRefused() throws Exception {
    Credential one = authority(ROOT.credential(), "one", permitted(40, NameConstraintBombTest::range));
    Credential two = authority(one, "two", permitted(40, i -> range(i + 1000)));
    Credential three = authority(two, "three", permitted(40, i -> range(i + 2000)));
    Credential four = authority(three, "four", permitted(40, i -> range(i + 3000)));
    refused(List.of(leaf(four, dns(0)), four.certificate(), three.certificate(), two.certificate(), one.certificate()));
  }

  @Test
  void thousandsOfConstraintsAreRefused() throws Exception {
    for (Extension constraints : List.of(permitted(3000, NameConstraintBombTest::dns), excluded(3000, NameConstraintBombTest::dns))) {
      Credential authority = authority(ROOT.credential(), "one", constraints);
      refused(List.of(leaf(authority, dns(0)), authority.certificate()));
    }
  }

  @Test
  void thousandsOfNamesAreRefusedWhereNamesAreConstrained() throws Exception {
    Credential authority = authority(ROOT.credential(), "one", excluded(1, i -> dns(9999)));
    GeneralName[] names = IntStream.range(0, 3000).mapToObj(NameConstraintBombTest::dns).toArray(GeneralName[]::new);
    refused(List.of(leaf(authority, names), authority.certificate()));
    X509Certificate free = leaf(ROOT.credential(), names);
    assertThat(ANCHORS.validate(List.of(free), NOW)).hasSize(2);
  }

  @Test
  void whatAnAuthorityMayWellHaveIsJudged() throws Exception {
    Credential one = authority(ROOT.credential(), "one", permitted(30, NameConstraintBombTest::dns));
    Credential two = authority(one, "two", permitted(30, NameConstraintBombTest::dns));
    assertThat(ANCHORS.validate(List.of(leaf(two, dns(7), dns(8)), two.certificate(), one.certificate()), NOW)).hasSize(4);
    refused(List.of(leaf(two, dns(7), dns(31)), two.certificate(), one.certificate()));
  }

  private static void refused(List<X509Certificate> chain) {
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> ANCHORS.validate(chain, NOW))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_USAGE));
  }

  private static GeneralName dns(int number) {
    return new GeneralName(GeneralName.dNSName, "n" + number + ".example");
  }

  /** With a mask of gaps, so that any two of them have something in common that neither is. */
  private static GeneralName range(int number) {
    byte[] range = new byte[8];
    for (int bit = 0; bit < 12; bit++) {
      if ((number >> bit & 1) == 1) {
        range[4 + bit / 4] |= (byte) (1 << bit % 4);
      }
    }
    return new GeneralName(GeneralName.iPAddress, new DEROctetString(range));
  }

  private static Extension permitted(int count, IntFunction<GeneralName> names) {
    return CertificateMaker.extension(Extension.nameConstraints, true, new NameConstraints(subtrees(count, names), null));
  }

  private static Extension excluded(int count, IntFunction<GeneralName> names) {
    return CertificateMaker.extension(Extension.nameConstraints, true, new NameConstraints(null, subtrees(count, names)));
  }

  private static GeneralSubtree[] subtrees(int count, IntFunction<GeneralName> names) {
    return IntStream.range(0, count).mapToObj(names).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
  }

  private static X509Certificate leaf(Credential issuer, GeneralName... names) throws Exception {
    return made(issuer, "leaf", TestPki.key(KeyType.P256), List.of(
        CertificateMaker.extension(Extension.subjectAlternativeName, false, new GeneralNames(names))));
  }

  private static Credential authority(Credential issuer, String name, Extension constraints) throws Exception {
    KeyPair key = TestPki.key(KeyType.P256);
    List<Extension> extensions = List.of(constraints, CertificateMaker.keyUsage(KeyUsage.keyCertSign),
        CertificateMaker.extension(Extension.basicConstraints, true, new BasicConstraints(true)));
    return new Credential(key.getPrivate(), new ArrayList<>(List.of(made(issuer, name, key, extensions))));
  }

  private static X509Certificate made(Credential issuer, String name, KeyPair key, List<Extension> extensions) throws Exception {
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
        X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()), BigInteger.valueOf(7), Date.from(NOT_BEFORE),
        Date.from(NOT_AFTER), new X500Name("CN=" + name), SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    for (Extension extension : extensions) {
      builder.addExtension(extension);
    }
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(issuer.key());
    return Certificates.parse(Octets.of(builder.build(signer).getEncoded()));
  }
}
