package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.CMSAlgorithmProtection;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.Damage;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CMS SignedData, sealed by us or forged by hand. */
final class CmsTest {
  private static final TestPki ROOT = TestPki.manufacturer("Acme", "");
  private static final TestPki MAKER = ROOT.subordinate("Acme issuing");
  private static final TrustAnchors ANCHORS = TrustAnchors.of(List.of(ROOT.certificate()));
  private static final Credential SIGNER = MAKER.signer("MASA", KeyType.P256);

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void whatIsSealedOpensUnderEveryKeyType(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    for (String contentType : List.of(CmsSealer.ANIMA_JSON_VOUCHER, CmsSealer.DATA)) {
      Octets sealed = CmsSealer.seal(ForgedCms.CONTENT, contentType, signer, TestPki.NOW);
      CmsSigned opened = CmsOpener.open(sealed, List.of());
      assertThat(opened.content()).isEqualTo(ForgedCms.CONTENT);
      assertThat(opened.contentType()).isEqualTo(contentType);
      assertThat(opened.digest()).isEqualTo(CmsDigest.of(type).label());
      assertThat(opened.signer()).isEqualTo(signer.certificate());
      assertThat(opened.certificates()).containsExactlyInAnyOrderElementsOf(signer.chain());
      assertThat(opened.signerChain()).startsWith(signer.certificate()).hasSize(signer.chain().size());
      assertThat(opened.signingTime()).contains(TestPki.NOW);
    }
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P384", "RSA2048", "ED25519"})
  void bouncyCastlesOwnReaderVerifiesWhatIsSealed(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    CMSSignedData message = new CMSSignedData(CmsSealer.seal(ForgedCms.CONTENT, CmsSealer.DATA, signer, TestPki.NOW).toArray());
    SignerInformation information = message.getSignerInfos().getSigners().iterator().next();
    assertThat(information.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(Bc.PROVIDER).build(signer.certificate()))).isTrue();
    assertThat(information.getSignedAttributes().size()).isEqualTo(3);
    assertThat(information.getDigestAlgOID()).isEqualTo(CmsDigest.of(type).oid().getId());
  }

  @Test
  void handMadeMessagesOpen() throws Exception {
    assertThat(CmsOpener.open(forged().bytes(), List.of()).content()).isEqualTo(ForgedCms.CONTENT);
  }

  @Test
  void berWithIndefiniteLengthsOpens() throws Exception {
    Octets ber = forged().inBer().bytes();
    assertThat(ber.at(1)).isEqualTo(0x80);
    assertThat(CmsOpener.open(ber, List.of()).content()).isEqualTo(ForgedCms.CONTENT);
  }

  @Test
  void signatureIsOverTheSortedSetWhateverOrderArrives() throws Exception {
    ForgedCms forged = forged();
    forged.sortedAttributes = false;
    assertThat(CmsOpener.open(forged.bytes(), List.of()).signingTime()).contains(TestPki.NOW);
  }

  @Test
  void signerMayBeNamedByItsSubjectKeyIdentifier() throws Exception {
    ForgedCms forged = forged();
    forged.bySubjectKeyId = true;
    assertThat(CmsOpener.open(forged.bytes(), List.of()).signer()).isEqualTo(SIGNER.certificate());
  }

  @Test
  void missingCertificateIsFoundAmongTheKnown() throws Exception {
    ForgedCms forged = forged();
    forged.certificates.clear();
    Octets message = forged.bytes();
    CmsSigned opened = CmsOpener.open(message, List.of(MAKER.certificate(), SIGNER.certificate()));
    assertThat(opened.signer()).isEqualTo(SIGNER.certificate());
    assertThat(opened.certificates()).isEmpty();
    isUntrusted(message, Fault.SIGNER_UNKNOWN);
  }

  @Test
  void signingTimeIsOptional() throws Exception {
    ForgedCms forged = forged();
    forged.attributes.removeIf(attribute -> attribute.getAttrType().equals(CMSAttributes.signingTime));
    assertThat(CmsOpener.open(forged.bytes(), List.of()).signingTime()).isEmpty();
  }

  @Test
  void exactlyOneSignerIsDemanded() throws Exception {
    ForgedCms forged = forged();
    forged.signers = 2;
    isUntrusted(forged.bytes(), Fault.SEVERAL_SIGNERS);
    forged.signers = 0;
    isUntrusted(forged.bytes(), Fault.NO_SIGNER);
  }

  @Test
  void signedAttributesAreMandatory() throws Exception {
    isUntrusted(new ForgedCms(SIGNER).bytes(), Fault.NO_SIGNED_ATTRIBUTES);
  }

  @Test
  void attributesThatContradictTheContentAreRefused() throws Exception {
    ForgedCms digest = new ForgedCms(SIGNER);
    digest.attributes.add(ForgedCms.attribute(CMSAttributes.contentType, new ASN1ObjectIdentifier(CmsSealer.DATA)));
    digest.attributes.add(ForgedCms.attribute(CMSAttributes.messageDigest, new DEROctetString(new byte[32])));
    isUntrusted(digest.bytes(), Fault.BAD_SIGNATURE);

    ForgedCms type = forged();
    type.contentType = CmsSealer.ANIMA_JSON_VOUCHER;
    isUntrusted(type.bytes(), Fault.BAD_SIGNATURE);

    ForgedCms protection = forged();
    protection.attributes.add(ForgedCms.attribute(CMSAttributes.cmsAlgorithmProtect, new CMSAlgorithmProtection(
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha512), CMSAlgorithmProtection.SIGNATURE,
        new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256))));
    isUntrusted(protection.bytes(), Fault.BAD_SIGNATURE);
  }

  @Test
  void algorithmProtectionThatFitsIsAccepted() throws Exception {
    ForgedCms forged = forged();
    forged.attributes.add(ForgedCms.attribute(CMSAttributes.cmsAlgorithmProtect, new CMSAlgorithmProtection(
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256), CMSAlgorithmProtection.SIGNATURE,
        new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256))));
    assertThat(CmsOpener.open(forged.bytes(), List.of()).content()).isEqualTo(ForgedCms.CONTENT);
  }

  @Test
  void malformedAttributesAreRefused() throws Exception {
    ForgedCms missing = forged();
    missing.attributes.removeIf(attribute -> attribute.getAttrType().equals(CMSAttributes.messageDigest));
    isMalformed(missing.bytes(), Flaw.MISSING);

    ForgedCms twice = forged();
    twice.attributes.add(ForgedCms.attribute(CMSAttributes.messageDigest, new DEROctetString(new byte[32])));
    isMalformed(twice.bytes(), Flaw.DUPLICATE_KEY);

    ForgedCms twoValues = new ForgedCms(SIGNER);
    twoValues.attributes.add(ForgedCms.attribute(CMSAttributes.messageDigest,
        new DEROctetString(twoValues.digestOf(ForgedCms.CONTENT.toArray())), new DEROctetString(new byte[32])));
    isMalformed(twoValues.bytes(), Flaw.UNEXPECTED);

    ForgedCms noTime = forged();
    noTime.attributes.set(0, ForgedCms.attribute(CMSAttributes.signingTime, new DERUTF8String("now")));
    isMalformed(noTime.bytes(), Flaw.WRONG_TYPE);
  }

  @Test
  void weakOrUnfittingAlgorithmsAreRefused() throws Exception {
    ForgedCms sha1 = new ForgedCms(SIGNER);
    sha1.digest = "SHA-1";
    sha1.digestOid = OIWObjectIdentifiers.idSHA1;
    sha1.signatureOid = X9ObjectIdentifiers.ecdsa_with_SHA1;
    sha1.signature = "SHA1withECDSA";
    isUntrusted(sha1.withUsualAttributes().bytes(), Fault.WEAK_ALGORITHM);

    ForgedCms mixed = forged();
    mixed.signatureOid = X9ObjectIdentifiers.ecdsa_with_SHA512;
    isUntrusted(mixed.bytes(), Fault.WEAK_ALGORITHM);

    ForgedCms rsaOid = forged();
    rsaOid.signatureOid = PKCSObjectIdentifiers.rsaEncryption;
    isUntrusted(rsaOid.bytes(), Fault.WEAK_ALGORITHM);

    ForgedCms edwards = new ForgedCms(MAKER.signer("edwards", KeyType.ED25519));
    edwards.signatureOid = EdECObjectIdentifiers.id_Ed25519;
    edwards.signature = "Ed25519";
    isUntrusted(edwards.withUsualAttributes().bytes(), Fault.WEAK_ALGORITHM);
  }

  @Test
  void shortRsaKeysAreRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(1024);
    KeyPair key = generator.generateKeyPair();
    LdevidTemplate template = new LdevidTemplate(new org.bouncycastle.asn1.x500.X500Name("CN=short"), key.getPublic(),
        TestPki.NOT_BEFORE, TestPki.NOT_AFTER, List.of());
    X509Certificate certificate = CertificateMaker.endEntity(MAKER.credential(), template, java.math.BigInteger.TEN);
    ForgedCms forged = new ForgedCms(new Credential(key.getPrivate(), List.of(certificate)));
    forged.signatureOid = PKCSObjectIdentifiers.rsaEncryption;
    forged.signature = "SHA256withRSA";
    isUntrusted(forged.withUsualAttributes().bytes(), Fault.WEAK_ALGORITHM);
  }

  @Test
  void signatureOfAnotherKeyIsRefused() throws Exception {
    Credential thief = new Credential(TestPki.key(KeyType.P256).getPrivate(), SIGNER.chain());
    isUntrusted(new ForgedCms(thief).withUsualAttributes().bytes(), Fault.BAD_SIGNATURE);
  }

  @Test
  void otherThanOneJsonVoucherInsideIsRefused() throws Exception {
    ForgedCms type = new ForgedCms(SIGNER);
    type.contentType = "1.2.840.113549.1.9.16.1.4";
    isMalformed(type.withUsualAttributes().bytes(), Flaw.UNEXPECTED);

    ForgedCms detached = forged();
    detached.content = null;
    isMalformed(detached.bytes(), Flaw.MISSING);

    ForgedCms pkcs7 = forged();
    pkcs7.content = new DERUTF8String("{}");
    isMalformed(pkcs7.bytes(), Flaw.WRONG_TYPE);

    ForgedCms enveloped = forged();
    enveloped.outerType = CMSObjectIdentifiers.envelopedData;
    isMalformed(enveloped.bytes(), Flaw.UNEXPECTED);
  }

  @Test
  void whatIsNoCertificateInTheBagIsRefused() throws Exception {
    ForgedCms garbage = forged();
    garbage.certificates.add(new DERSequence(DERNull.INSTANCE));
    isMalformed(garbage.bytes(), Flaw.WRONG_TYPE);

    ForgedCms attribute = forged();
    attribute.certificates.add(new DERTaggedObject(false, 2, new DERSequence()));
    isMalformed(attribute.bytes(), Flaw.UNEXPECTED);
  }

  @Test
  void certificatesAreCountedBeforeTheyAreParsed() throws Exception {
    ForgedCms many = forged();
    ASN1EncodableVector filler = new ASN1EncodableVector();
    for (int i = 0; i <= CmsOpener.MAX_CERTIFICATES; i++) {
      filler.add(DERNull.INSTANCE);
      many.certificates.add(new DERSequence(filler));
    }
    isMalformed(many.bytes(), Flaw.TOO_LONG);
  }

  @Test
  void sizeIsBounded() throws Exception {
    isMalformed(Octets.of(new byte[CmsOpener.MAX_SIZE + 1]), Flaw.TOO_LONG);
  }

  @Test
  void nothingMayFollow() throws Exception {
    isMalformed(joined(forged().bytes(), Octets.hex("00")), Flaw.TRAILING_BYTES);
    isMalformed(joined(forged().inBer().bytes(), Octets.hex("0000")), Flaw.TRAILING_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "3080", "0000", "3000", "0500", "ff", "30840fffffff", "308000", "3003020101", "1f8180808080"})
  void whatIsNoCmsAtAllIsRefused(String hex) throws Exception {
    assertThat(catchThrowable(() -> CmsOpener.open(Octets.hex(hex), List.of()))).isInstanceOf(DecodeException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 25_000})
  void nestingBombsAreRefusedBeforeTheyAreParsed(int depth) throws Exception {
    for (String opening : List.of("2480", "3080", "a080", "3180")) {
      isMalformed(Octets.hex(opening.repeat(depth) + "0000".repeat(depth)), Flaw.TOO_DEEP);
    }
    ByteArrayOutputStream nested = new ByteArrayOutputStream();
    for (int i = 0; i < depth; i++) {
      int rest = (depth - i - 1) * 5;
      nested.writeBytes(new byte[] {0x24, (byte) 0x83, (byte) (rest >> 16), (byte) (rest >> 8), (byte) rest});
    }
    isMalformed(Octets.of(nested.toByteArray()), Flaw.TOO_DEEP);
  }

  /** 2,000 damaged messages: each is refused by one of the two exceptions, or says exactly what the whole one said, by the same signer. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void damageIsRefusedOrHarmless(long seed) throws Exception {
    Random random = new Random(seed);
    List<Octets> whole = List.of(
        CmsSealer.seal(ForgedCms.CONTENT, CmsSealer.ANIMA_JSON_VOUCHER, SIGNER, TestPki.NOW), forged().inBer().bytes());
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      Octets damaged = Damage.to(whole.get(i % 2), random);
      try {
        CmsSigned opened = CmsOpener.open(damaged, List.of());
        assertThat(opened.content()).isEqualTo(ForgedCms.CONTENT);
        assertThat(opened.signer().getPublicKey()).isEqualTo(SIGNER.certificate().getPublicKey());
        ANCHORS.validate(opened.signerChain(), TestPki.NOW);
        assertThat(opened.signer()).isEqualTo(SIGNER.certificate());
      } catch (DecodeException | UntrustedException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(800);
  }

  private static ForgedCms forged() throws Exception {
    return new ForgedCms(SIGNER).withUsualAttributes();
  }

  private static Octets joined(Octets first, Octets second) throws Exception {
    return Octets.hex(first.hex() + second.hex());
  }

  private static void isUntrusted(Octets message, Fault fault) {
    assertThat(catchThrowable(() -> CmsOpener.open(message, List.of())))
        .isInstanceOfSatisfying(UntrustedException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }

  private static void isMalformed(Octets message, Flaw flaw) {
    assertThat(catchThrowable(() -> CmsOpener.open(message, List.of())))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }
}
