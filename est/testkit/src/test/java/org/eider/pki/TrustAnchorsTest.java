package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.eider.testkit.TestPki.NOT_AFTER;
import static org.eider.testkit.TestPki.NOT_BEFORE;
import static org.eider.testkit.TestPki.NOW;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eider.pki.TrustAnchors.Leniency;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5280 section 6. */
class TrustAnchorsTest {
  private static final TestPki ROOT = TestPki.root("Root");
  private static final TestPki SUB = ROOT.subordinate("Sub");
  private static final TestPki SUBSUB = SUB.subordinate("Subsub");
  private static final TrustAnchors ANCHORS = TrustAnchors.of(List.of(ROOT.certificate()));

  @Test
  void anEndEntityOfTheAnchorIsTrusted() throws UntrustedException {
    X509Certificate signer = ROOT.signer("s", KeyType.P256).certificate();
    assertThat(ANCHORS.validate(List.of(signer), NOW)).containsExactly(signer, ROOT.certificate());
  }

  @Test
  void theOrderOfTheRestDoesNotMatterAndStrangersDoNoHarm() throws UntrustedException {
    X509Certificate signer = SUBSUB.signer("s", KeyType.P256).certificate();
    List<X509Certificate> chain =
        List.of(signer, TestPki.root("Stranger").certificate(), SUB.certificate(), ROOT.certificate(), SUBSUB.certificate(), signer);
    assertThat(ANCHORS.validate(chain, NOW)).containsExactly(signer, SUBSUB.certificate(), SUB.certificate(), ROOT.certificate());
  }

  @Test
  void aPathThatWasFoundLenientlyIsStillRefusedStrictly() throws UntrustedException {
    TrustAnchors anchors = TrustAnchors.of(List.of(ROOT.certificate()));
    List<X509Certificate> chain = ROOT.signer("s", KeyType.P256).chain();
    Instant late = NOT_AFTER.plus(Duration.ofDays(1));
    assertThat(anchors.validate(chain, late, Leniency.IGNORE_VALIDITY)).hasSize(2);
    assertFault(Fault.NOT_IN_VALIDITY, anchors, chain, late);
    assertThat(anchors.validate(chain, late, Leniency.IGNORE_VALIDITY)).hasSize(2);
    assertThat(anchors.validate(chain, NOW)).hasSize(2);
  }

  @Test
  void anIntermediateMayBeTheAnchor() throws UntrustedException {
    X509Certificate signer = SUBSUB.signer("s", KeyType.P256).certificate();
    TrustAnchors anchors = TrustAnchors.of(List.of(SUB.certificate()));
    assertThat(anchors.validate(List.of(signer, SUBSUB.certificate()), NOW)).containsExactly(signer, SUBSUB.certificate(), SUB.certificate());
  }

  @Test
  void anEndEntityMayBeTheAnchorAndVouchesForNobodyElse() throws UntrustedException {
    Credential signer = ROOT.signer("s", KeyType.P256);
    TrustAnchors anchors = TrustAnchors.of(List.of(signer.certificate()));
    assertThat(anchors.validate(signer.chain(), NOW)).containsExactly(signer.certificate());
    assertFault(Fault.NO_PATH, anchors, ROOT.signer("s", KeyType.P256).chain(), NOW);
    X509Certificate below = issued(signer, "below", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WRONG_USAGE, anchors, List.of(below), NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void everyKeyTypeOfOursValidates(String name) throws UntrustedException {
    TestPki root = TestPki.root("R", KeyType.valueOf(name));
    Credential signer = root.signer("s", KeyType.valueOf(name));
    assertThat(TrustAnchors.of(List.of(root.certificate())).validate(signer.chain(), NOW)).hasSize(2);
  }

  @Test
  void nobodyIsTrustedWithoutAnchors() {
    assertFault(Fault.NO_PATH, TrustAnchors.of(List.of()), ROOT.registrar("r").chain(), NOW);
    assertFault(Fault.NO_PATH, ANCHORS, List.of(), NOW);
  }

  @Test
  void aRootOfTheSameNameIsAnotherRoot() {
    TestPki impostor = TestPki.root("Root");
    assertFault(Fault.NO_PATH, ANCHORS, impostor.registrar("r").chain(), NOW);
    assertFault(Fault.NO_PATH, ANCHORS, List.of(impostor.certificate()), NOW);
  }

  @Test
  void bothRootsOfTheSameNameWorkSideBySide() throws UntrustedException {
    TestPki second = TestPki.root("Root");
    TrustAnchors both = TrustAnchors.of(List.of(ROOT.certificate(), second.certificate()));
    assertThat(both.validate(ROOT.signer("a", KeyType.P256).chain(), NOW)).endsWith(ROOT.certificate());
    assertThat(both.validate(second.signer("b", KeyType.P256).chain(), NOW)).endsWith(second.certificate());
  }

  @Test
  void aMissingIntermediateLeavesNoPath() {
    assertFault(Fault.NO_PATH, ANCHORS, List.of(SUBSUB.signer("s", KeyType.P256).certificate(), SUBSUB.certificate()), NOW);
  }

  @Test
  void anExpiredStrangerHasNoPathRatherThanABadDate() {
    Credential expired = TestPki.root("Stranger").signer("s", NOW.minusSeconds(10), NOW.minusSeconds(5));
    assertFault(Fault.NO_PATH, ANCHORS, expired.chain(), NOW);
  }

  @Test
  void validityIsCheckedToTheSecondAtBothEnds() throws UntrustedException {
    Instant from = NOW.minusSeconds(100);
    Instant to = NOW.plusSeconds(100);
    List<X509Certificate> chain = ROOT.signer("s", from, to).chain();
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, chain, from.minusSeconds(1));
    assertThat(ANCHORS.validate(chain, from)).hasSize(2);
    assertThat(ANCHORS.validate(chain, to)).hasSize(2);
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, chain, to.plusSeconds(1));
  }

  @Test
  void aRememberedPathIsJudgedAnewAtEveryTime() throws UntrustedException {
    TrustAnchors anchors = TrustAnchors.of(List.of(ROOT.certificate()));
    List<X509Certificate> chain = List.of(ROOT.signer("s", NOW.minusSeconds(10), NOW.plusSeconds(10)).certificate());
    List<X509Certificate> path = anchors.validate(chain, NOW);
    assertThat(anchors.validate(chain, NOW)).isSameAs(path);
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> anchors.validate(chain, NOW.plusSeconds(20)))
        .matches(e -> e.fault() == Fault.NOT_IN_VALIDITY);
    assertThat(anchors.validate(chain, NOW.plusSeconds(20), Leniency.IGNORE_VALIDITY)).isEqualTo(path);
    assertThat(anchors.validate(chain, NOW)).isEqualTo(path);
  }

  @Test
  void aRefusalIsNotRememberedAndNeitherAreOthersPaths() throws UntrustedException {
    List<X509Certificate> chain = List.of(SUB.signer("s", KeyType.P256).certificate(), SUB.certificate());
    TrustAnchors anchors = TrustAnchors.of(List.of(ROOT.certificate()));
    TrustAnchors others = TrustAnchors.of(List.of(TestPki.root("Root").certificate()));
    assertThat(anchors.validate(chain, NOW)).hasSize(3);
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> others.validate(chain, NOW)).matches(e -> e.fault() == Fault.NO_PATH);
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> anchors.validate(chain.subList(0, 1), NOW))
        .matches(e -> e.fault() == Fault.NO_PATH);
    assertThat(anchors.validate(chain, NOW)).hasSize(3);
  }

  @Test
  void anExpiredIssuerOrAnchorCounts() {
    List<X509Certificate> chain = SUB.idevid("S1").chain();
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, chain, NOT_AFTER.plusSeconds(1));
  }

  @Test
  void validityIsIgnoredOnlyWhenAskedTo() throws UntrustedException {
    List<X509Certificate> expired = ROOT.signer("s", NOW.minusSeconds(10), NOW.minusSeconds(5)).chain();
    List<X509Certificate> future = ROOT.signer("s", NOW.plusSeconds(10), NOW.plusSeconds(15)).chain();
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, expired, NOW);
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, future, NOW);
    assertThat(ANCHORS.validate(expired, NOW, Leniency.IGNORE_VALIDITY)).hasSize(2);
    assertThat(ANCHORS.validate(future, NOW, Leniency.IGNORE_VALIDITY)).hasSize(2);
    assertFault(Fault.NO_PATH, TrustAnchors.of(List.of(SUB.certificate())), expired, NOW);
  }

  @Test
  void anIdevidWithoutEndIsValidForLong() throws UntrustedException {
    Credential idevid = ROOT.idevid("S1");
    assertThat(idevid.certificate().getNotAfter().toInstant()).isEqualTo(CertificateMaker.NO_END);
    assertThat(ANCHORS.validate(idevid.chain(), NOW)).hasSize(2);
  }

  @Test
  void ofTwoIssuersOfTheSameNameAndKeyTheValidOneIsTaken() throws UntrustedException {
    X500Name name = new X500Name("CN=Sub");
    KeyPair key = TestPki.key(KeyType.P256);
    Credential root = ROOT.credential();
    X509Certificate old = CertificateMaker.subordinateCa(root, name, key.getPublic(), BigInteger.ONE, NOT_BEFORE, NOW.minusSeconds(1), -1);
    X509Certificate fresh = CertificateMaker.subordinateCa(root, name, key.getPublic(), BigInteger.TWO, NOT_BEFORE, NOT_AFTER, -1);
    X509Certificate leaf = issued(new Credential(key.getPrivate(), List.of(old)), "leaf", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertThat(ANCHORS.validate(List.of(leaf, old, fresh), NOW)).containsExactly(leaf, fresh, ROOT.certificate());
    assertFault(Fault.NOT_IN_VALIDITY, ANCHORS, List.of(leaf, old), NOW);
  }

  @Test
  void anExpiredAnchorThatIsAnIntermediateDoesNotHideThePathToTheRoot() throws UntrustedException {
    KeyPair key = TestPki.key(KeyType.P256);
    X509Certificate expired = CertificateMaker.subordinateCa(
        ROOT.credential(), new X500Name("CN=Sub"), key.getPublic(), BigInteger.ONE, NOT_BEFORE, NOW.minusSeconds(1), -1);
    X509Certificate fresh = CertificateMaker.subordinateCa(
        ROOT.credential(), new X500Name("CN=Sub"), key.getPublic(), BigInteger.TWO, NOT_BEFORE, NOT_AFTER, -1);
    X509Certificate leaf = issued(new Credential(key.getPrivate(), List.of(fresh)), "leaf", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertThat(TrustAnchors.of(List.of(expired, ROOT.certificate())).validate(List.of(leaf, fresh), NOW)).endsWith(ROOT.certificate());
  }

  @Test
  void anIssuerThatIsNoAuthorityIsRefused() {
    Credential device = ROOT.idevid("S1");
    X509Certificate forged = issued(device, "forged", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(forged, device.certificate()), NOW);
  }

  @Test
  void anAuthorityWithoutCertSignIsRefused() {
    Credential odd = authority(new BasicConstraints(true), KeyUsage.digitalSignature);
    X509Certificate leaf = issued(odd, "leaf", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(leaf, odd.certificate()), NOW);
  }

  @Test
  void aVersionOneIntermediateIsNoAuthorityButAVersionOneAnchorIs() throws Exception {
    KeyPair key = TestPki.key(KeyType.P256);
    X509Certificate v1 = versionOne(ROOT.credential(), "CN=Old", key);
    X509Certificate leaf = issued(new Credential(key.getPrivate(), List.of(v1)), "leaf", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(leaf, v1), NOW);
    assertThat(TrustAnchors.of(List.of(v1)).validate(List.of(leaf), NOW)).containsExactly(leaf, v1);
  }

  @Test
  void pathLengthConstraintsHold() throws UntrustedException {
    KeyPair rootKey = TestPki.key(KeyType.P256);
    X509Certificate root =
        CertificateMaker.selfSignedCa(new X500Name("CN=R"), rootKey, BigInteger.ONE, NOT_BEFORE, NOT_AFTER, 1);
    Credential one = subordinate(new Credential(rootKey.getPrivate(), List.of(root)), "one", -1);
    Credential two = subordinate(one, "two", -1);
    TrustAnchors anchors = TrustAnchors.of(List.of(root));
    X509Certificate good = issued(one, "good", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    X509Certificate bad = issued(two, "bad", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertThat(anchors.validate(List.of(good, one.certificate()), NOW)).hasSize(3);
    assertFault(Fault.WRONG_USAGE, anchors, List.of(bad, one.certificate(), two.certificate()), NOW);
  }

  @Test
  void unknownCriticalExtensionsAreRefusedEverywhere() {
    Extension unknown = CertificateMaker.extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.9"), true, DERNull.INSTANCE);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(issued(ROOT.credential(), "x", List.of(unknown), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER)), NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.3.6.1.5.5.7.3.28", "1.3.6.1.4.1.32473.77"})
  void aCriticalExtendedKeyUsageIsTheCallersBusiness(String purpose) throws UntrustedException {
    Extension usage = CertificateMaker.extension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose))));
    X509Certificate registrar = issued(ROOT.credential(), "jrc", List.of(usage), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertThat(ANCHORS.validate(List.of(registrar), NOW)).hasSize(2);
  }

  @Test
  void policyConstraintsAreNotUnderstoodSoTheyRefuse() {
    Extension constraints = CertificateMaker.extension(
        Extension.policyConstraints, true, new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0))));
    X509Certificate leaf = issued(ROOT.credential(), "x", List.of(constraints), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(leaf), NOW);
  }

  @Test
  void nameConstraintsHold() throws UntrustedException {
    GeneralSubtree permitted = new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.com"));
    GeneralSubtree excluded = new GeneralSubtree(new GeneralName(GeneralName.dNSName, "secret.example.com"));
    Extension constraints = CertificateMaker.extension(
        Extension.nameConstraints, true, new NameConstraints(new GeneralSubtree[] {permitted}, new GeneralSubtree[] {excluded}));
    Credential limited = authority(new BasicConstraints(true), KeyUsage.keyCertSign, constraints);
    assertThat(ANCHORS.validate(List.of(named(limited, "masa.example.com"), limited.certificate()), NOW)).hasSize(3);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(named(limited, "masa.example.org"), limited.certificate()), NOW);
    assertFault(Fault.WRONG_USAGE, ANCHORS, List.of(named(limited, "a.secret.example.com"), limited.certificate()), NOW);
    TrustAnchors own = TrustAnchors.of(List.of(limited.certificate()));
    assertFault(Fault.WRONG_USAGE, own, List.of(named(limited, "masa.example.org")), NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA1withRSA", "MD5withRSA", "SHA224withRSA"})
  void weakDigestsAreRefusedExceptOnTheAnchorItself(String algorithm) throws Exception {
    TestPki root = TestPki.root("R", KeyType.RSA2048);
    X509Certificate leaf = issued(root.credential(), "leaf", List.of(), algorithm, NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WEAK_ALGORITHM, TrustAnchors.of(List.of(root.certificate())), List.of(leaf), NOW);
    assertThat(TrustAnchors.of(List.of(leaf)).validate(List.of(leaf), NOW)).containsExactly(leaf);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA384withRSA", "SHA512withRSA", "SHA256withRSAandMGF1", "SHA384withRSAandMGF1"})
  void strongDigestsAndPssAreAccepted(String algorithm) throws Exception {
    TestPki root = TestPki.root("R", KeyType.RSA2048);
    X509Certificate leaf = issued(root.credential(), "leaf", List.of(), algorithm, NOT_BEFORE, NOT_AFTER);
    assertThat(TrustAnchors.of(List.of(root.certificate())).validate(List.of(leaf), NOW)).hasSize(2);
  }

  @Test
  void pssWithSha1IsRefused() throws Exception {
    TestPki root = TestPki.root("R", KeyType.RSA2048);
    X509Certificate leaf = issued(root.credential(), "leaf", List.of(), "SHA1withRSAandMGF1", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WEAK_ALGORITHM, TrustAnchors.of(List.of(root.certificate())), List.of(leaf), NOW);
  }

  @Test
  void aShortRsaKeyIsRefusedWhereverItStands() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(1024);
    KeyPair weak = generator.generateKeyPair();
    X509Certificate leaf = build(ROOT.credential(), "weak", weak, List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WEAK_ALGORITHM, ANCHORS, List.of(leaf), NOW);
    X509Certificate below = issued(new Credential(weak.getPrivate(), List.of(leaf)), "below", List.of(), "SHA256withRSA", NOT_BEFORE, NOT_AFTER);
    assertFault(Fault.WEAK_ALGORITHM, TrustAnchors.of(List.of(leaf)), List.of(below), NOW);
  }

  @Test
  void aMalformedCertificateFromATlsEngineIsRefusedAndAsAnExtraIgnored() throws Exception {
    Extension nonsense = new Extension(Extension.subjectAlternativeName, false, new byte[] {2, 1, 1});
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
        new X500Name("CN=Root"), BigInteger.ONE, Date.from(NOT_BEFORE), Date.from(NOT_AFTER), new X500Name("CN=odd"),
        SubjectPublicKeyInfo.getInstance(TestPki.key(KeyType.P256).getPublic().getEncoded()));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(ROOT.credential().key());
    X509Certificate odd = new JcaX509CertificateConverter().setProvider(Bc.PROVIDER).getCertificate(builder.addExtension(nonsense).build(signer));
    assertFault(Fault.NO_PATH, ANCHORS, List.of(odd), NOW);
    X509Certificate leaf = SUB.signer("s", KeyType.P256).certificate();
    assertThat(ANCHORS.validate(List.of(leaf, odd, SUB.certificate()), NOW)).hasSize(3);
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> ServiceName.check(odd, "localhost"))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_NAME));
  }

  @Test
  void certificatesOfAnotherProviderWillDo() throws Exception {
    List<X509Certificate> chain = new ArrayList<>();
    for (X509Certificate certificate : SUB.registrar("r").chain()) {
      chain.add((X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
          .generateCertificate(new java.io.ByteArrayInputStream(Certificates.der(certificate).toArray())));
    }
    assertThat(ANCHORS.validate(chain, NOW)).hasSize(3);
    assertThat(TrustAnchors.of(List.of(chain.get(2))).validate(chain.subList(0, 2), NOW)).hasSize(3);
  }

  @Test
  void aChangedSignatureLeavesNoPath() throws Exception {
    byte[] der = Certificates.der(ROOT.registrar("r").certificate()).toArray();
    der[der.length - 1] ^= 1;
    assertFault(Fault.NO_PATH, ANCHORS, List.of(Certificates.parse(Octets.of(der))), NOW);
  }

  @Test
  void aHundredCertificatesAreNotLookedAt() {
    X509Certificate leaf = ROOT.signer("s", KeyType.P256).certificate();
    List<X509Certificate> hundred = new ArrayList<>(List.of(leaf));
    hundred.addAll(Collections.nCopies(99, ROOT.certificate()));
    assertFault(Fault.NO_PATH, ANCHORS, hundred, NOW);
    assertFault(Fault.NO_PATH, ANCHORS, hundred.subList(0, 17), NOW);
  }

  @Test
  void aPathOfSixteenCertificatesIsFound() throws UntrustedException {
    TestPki last = ROOT;
    for (int i = 0; i < 14; i++) {
      last = last.subordinate("level " + i);
    }
    List<X509Certificate> chain = new ArrayList<>(last.registrar("r").chain());
    Collections.swap(chain, 3, 9);
    assertThat(chain).hasSize(16);
    assertThat(ANCHORS.validate(chain, NOW)).hasSize(16);
  }

  @Test
  void aCycleOfCrossCertificatesEnds() throws UntrustedException {
    Credential a = subordinate(ROOT.credential(), "A", -1);
    Credential b = subordinate(a, "B", -1);
    X509Certificate aByB = CertificateMaker.subordinateCa(
        b, new X500Name("CN=A"), a.certificate().getPublicKey(), BigInteger.TEN, NOT_BEFORE, NOT_AFTER, -1);
    X509Certificate leaf = issued(a, "leaf", List.of(), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    assertThat(ANCHORS.validate(List.of(leaf, aByB, b.certificate(), a.certificate()), NOW))
        .containsExactly(leaf, a.certificate(), ROOT.certificate());
    assertFault(Fault.NO_PATH, ANCHORS, List.of(leaf, aByB, b.certificate()), NOW);
  }

  @Test
  void fifteenAuthoritiesThatAllSignEachOtherAreGivenUpSoon() {
    KeyPair key = TestPki.key(KeyType.P256);
    List<X509Certificate> chain = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      chain.add(CertificateMaker.selfSignedCa(new X500Name("CN=Same"), key, BigInteger.valueOf(i + 1), NOT_BEFORE, NOT_AFTER, -1));
    }
    long start = System.nanoTime();
    assertFault(Fault.NO_PATH, ANCHORS, chain, NOW);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void theMessageNamesTheCertificateAndIsBounded() {
    String subject = "OU=" + String.join(",OU=", Collections.nCopies(100, "x".repeat(60)));
    Credential signer = ROOT.entity(new X500Name(subject), List.of());
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> ANCHORS.validate(signer.chain(), NOT_AFTER.plusSeconds(1)))
        .satisfies(e -> assertThat(e.getMessage()).contains("OU=xxx").hasSizeLessThan(300));
  }

  private static void assertFault(Fault fault, TrustAnchors anchors, List<X509Certificate> chain, Instant at) {
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> anchors.validate(chain, at))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(fault));
  }

  private static X509Certificate named(Credential issuer, String host) {
    return issued(issuer, "x", List.of(CertificateMaker.subjectAltName(List.of(host), List.of())), "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
  }

  private static Credential subordinate(Credential issuer, String name, int pathLength) {
    KeyPair key = TestPki.key(KeyType.P256);
    X509Certificate certificate = CertificateMaker.subordinateCa(
        issuer, new X500Name("CN=" + name), key.getPublic(), BigInteger.ONE, NOT_BEFORE, NOT_AFTER, pathLength);
    return new Credential(key.getPrivate(), List.of(certificate));
  }

  private static Credential authority(BasicConstraints constraints, int usage, Extension... more) {
    List<Extension> extensions = new ArrayList<>(List.of(more));
    extensions.add(CertificateMaker.extension(Extension.basicConstraints, true, constraints));
    extensions.add(CertificateMaker.keyUsage(usage));
    KeyPair key = TestPki.key(KeyType.P256);
    X509Certificate certificate = build(ROOT.credential(), "odd authority", key, extensions, "SHA256withECDSA", NOT_BEFORE, NOT_AFTER);
    return new Credential(key.getPrivate(), List.of(certificate));
  }

  private static X509Certificate issued(
      Credential issuer, String name, List<Extension> extensions, String algorithm, Instant from, Instant to) {
    return build(issuer, name, TestPki.key(KeyType.P256), extensions, algorithm, from, to);
  }

  /** Without any of the checks and additions of CertificateMaker. */
  private static X509Certificate build(
      Credential issuer, String name, KeyPair key, List<Extension> extensions, String algorithm, Instant from, Instant to) {
    try {
      X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
          X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()), BigInteger.valueOf(7), Date.from(from), Date.from(to),
          new X500Name("CN=" + name), SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      for (Extension extension : extensions) {
        builder.addExtension(extension);
      }
      var signer = new JcaContentSignerBuilder(algorithm).setProvider(Bc.PROVIDER).build(issuer.key());
      return Certificates.parse(Octets.of(builder.build(signer).getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate versionOne(Credential issuer, String name, KeyPair key) throws Exception {
    X509v1CertificateBuilder builder = new X509v1CertificateBuilder(
        X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()), BigInteger.ONE, Date.from(NOT_BEFORE), Date.from(NOT_AFTER),
        new X500Name(name), SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(issuer.key());
    return Certificates.parse(Octets.of(builder.build(signer).getEncoded()));
  }
}
