package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.eider.pki.UntrustedException.Fault;
import org.eider.testkit.TestPki;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** COSE_Sign1 as we make it, and everything about it that is refused (RFC 9052, RFC 9053, RFC 9360; spec 03 sections 4 and 8). */
class CoseTest {
  private static final TestPki MAKER = TestPki.root("Maker").subordinate("Factory");
  private static final Credential SIGNER = MAKER.signer("signer", KeyType.P256);
  private static final Credential OTHER = MAKER.signer("other", KeyType.P256);
  private static final Octets CONTENT = Octets.utf8("content");
  private static final Octets ES256 = Octets.of(new byte[] {(byte) 0xa1, 1, 0x26});

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "ED25519"})
  void whatWeSignOpensUnderItsSigner(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);

    CoseSigned signed = CoseOpener.open(CoseSealer.seal(CONTENT, signer, List.of(), signer.chain()), List.of());

    assertThat(signed.content()).isEqualTo(CONTENT);
    assertThat(signed.signer()).isEqualTo(signer.certificate());
    assertThat(signed.certificates()).containsExactlyElementsOf(signer.chain());
    assertThat(signed.algorithm()).isEqualTo(CoseAlgorithm.of(type).orElseThrow());
  }

  @Test
  void aSignatureIsAsLongAsTwoNumbersOfItsCurve() throws Exception {
    assertThat(CoseMessage.parse(sealed(SIGNER)).signature().size()).isEqualTo(64);
    assertThat(CoseMessage.parse(sealed(MAKER.signer("p384", KeyType.P384))).signature().size()).isEqualTo(96);
    assertThat(CoseMessage.parse(sealed(MAKER.signer("p521", KeyType.P521))).signature().size()).isEqualTo(132);
  }

  @Test
  void rsaKeysDoNotSign() {
    assertThat(CoseSealer.takes(MAKER.signer("rsa", KeyType.RSA2048).certificate().getPublicKey())).isFalse();
    assertThat(CoseSealer.takes(SIGNER.certificate().getPublicKey())).isTrue();
  }

  @Test
  void tag18IsWrittenAndOneCertificateStandsAlone() throws Exception {
    CborItem one = CborItem.read(CoseSealer.seal(CONTENT, SIGNER, List.of(), SIGNER.chain().subList(0, 1)), 4096);
    assertThat(one.tag()).hasValue(18);
    assertThat(one.untagged().array("").get(1).map("").at(32).orElseThrow().isOctets()).isTrue();
    CborItem two = CborItem.read(CoseSealer.seal(CONTENT, SIGNER, List.of(), SIGNER.chain()), 4096);
    assertThat(two.untagged().array("").get(1).map("").at(32).orElseThrow().array("")).hasSize(2);
    CborItem none = CborItem.read(sealed(SIGNER), 4096);
    assertThat(none.untagged().array("").get(1).map("").size()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"-9,P256", "-51,P384", "-52,P521", "-19,ED25519", "-7,P256", "-35,P384", "-36,P521", "-8,ED25519", "-36,P256", "-7,P521"})
  void theFullySpecifiedNumbersAreTakenToo(int id, KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    assertThat(CoseOpener.open(signed(signer, header(id), new CborWriter().map(0).toOctets(), CoseAlgorithm.of(id).orElseThrow()),
        signer.chain()).signer()).isEqualTo(signer.certificate());
  }

  @ParameterizedTest
  @CsvSource({"-9,P384", "-51,P256", "-52,P384", "-19,P256", "-8,P256", "-7,ED25519"})
  void anAlgorithmOfAnotherKindOfKeyIsRefused(int id, KeyType type) {
    Credential signer = MAKER.signer("signer", type);
    untrusted(Fault.WEAK_ALGORITHM, signed(signer, header(id), new CborWriter().map(0).toOctets(), CoseAlgorithm.of(type).orElseThrow()), signer);
  }

  @ParameterizedTest
  @CsvSource({"-47", "-257", "-37", "0", "5", "-999"})
  void otherAlgorithmsAreRefused(int id) {
    untrusted(Fault.WEAK_ALGORITHM, signed(SIGNER, header(id), new CborWriter().map(0).toOctets(), CoseAlgorithm.ES256), SIGNER);
  }

  /** Spec 03 section 8 number 1. */
  @Test
  void anAlgorithmThatIsNotProtectedCountsForNothing() {
    Octets unprotected = ES256;
    malformed(Flaw.MISSING, signed(SIGNER, Octets.empty(), unprotected, CoseAlgorithm.ES256));
    malformed(Flaw.MISSING, signed(SIGNER, new CborWriter().map(0).toOctets(), unprotected, CoseAlgorithm.ES256));
    malformed(Flaw.DUPLICATE_KEY, signed(SIGNER, ES256, unprotected, CoseAlgorithm.ES256));
    malformed(Flaw.MISSING, signed(SIGNER, new CborWriter().map(1).text("1").integer(-7).toOctets(), new CborWriter().map(0).toOctets(),
        CoseAlgorithm.ES256));
  }

  /** Spec 03 section 8 number 2. */
  @Test
  void aSignatureInDerIsNone() throws Exception {
    java.security.Signature der = java.security.Signature.getInstance("SHA256withECDSA", Bc.PROVIDER);
    der.initSign(SIGNER.key());
    der.update(CoseMessage.toBeSigned(ES256, Octets.empty(), CONTENT).toArray());
    Octets message = new CborWriter().tag(18).array(4).octets(ES256).map(0).octets(CONTENT).octets(Octets.of(der.sign())).toOctets();
    untrusted(Fault.BAD_SIGNATURE, message, SIGNER);
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "ED25519"})
  void aSignatureOfZerosOrOfAnotherLengthIsNone(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    CoseMessage sound = CoseMessage.parse(sealed(signer));
    int size = sound.signature().size();
    byte[] zeroR = sound.signature().toArray();
    java.util.Arrays.fill(zeroR, 0, size / 2, (byte) 0);
    byte[] zeroS = sound.signature().toArray();
    java.util.Arrays.fill(zeroS, size / 2, size, (byte) 0);
    byte[] ones = new byte[size];
    java.util.Arrays.fill(ones, (byte) 0xff);
    for (byte[] forged : List.of(new byte[0], new byte[size], zeroR, zeroS, ones, sound.signature().slice(0, size - 1).toArray(),
        java.util.Arrays.copyOf(sound.signature().toArray(), size + 1), new byte[4096])) {
      untrusted(Fault.BAD_SIGNATURE, new CborWriter().tag(18).array(4).octets(sound.protectedOctets()).map(0).octets(CONTENT)
          .octets(Octets.of(forged)).toOctets(), signer);
    }
  }

  /** Spec 03 section 8 number 3. */
  @Test
  void aLabelThatIsThereTwiceIsRefused() {
    malformed(Flaw.DUPLICATE_KEY, signed(SIGNER, new CborWriter().map(2).integer(1).integer(-7).integer(1).integer(-7).toOctets(),
        new CborWriter().map(0).toOctets(), CoseAlgorithm.ES256));
    malformed(Flaw.DUPLICATE_KEY, signed(SIGNER, ES256, new CborWriter().map(2).integer(4).octets(CONTENT).integer(4).octets(CONTENT).toOctets(),
        CoseAlgorithm.ES256));
  }

  @Test
  void whatIsCriticalAndUnknownOrAbsentIsRefused() throws Exception {
    Octets understood = new CborWriter().map(3).integer(1).integer(-7).integer(2).array(2).integer(1).integer(4).integer(4)
        .octets(CONTENT).toOctets();
    CoseOpener.open(signed(SIGNER, understood, new CborWriter().map(0).toOctets(), CoseAlgorithm.ES256), SIGNER.chain());
    malformed(Flaw.UNEXPECTED, critical(new CborWriter().array(1).integer(99)));
    malformed(Flaw.UNEXPECTED, critical(new CborWriter().array(1).integer(3)));
    malformed(Flaw.UNEXPECTED, critical(new CborWriter().array(1).text("1")));
    malformed(Flaw.UNEXPECTED, critical(new CborWriter().array(1).octets(CONTENT)));
    malformed(Flaw.MISSING, critical(new CborWriter().array(1).integer(4)));
    malformed(Flaw.MISSING, critical(new CborWriter().array(0)));
    malformed(Flaw.WRONG_TYPE, critical(new CborWriter().integer(1)));
    malformed(Flaw.UNEXPECTED, signed(SIGNER, ES256, new CborWriter().map(1).integer(2).array(1).integer(1).toOctets(), CoseAlgorithm.ES256));
  }

  private static Octets critical(CborWriter labels) {
    Octets headers = new CborWriter().map(2).integer(1).integer(-7).integer(2).item(labels.toOctets()).toOctets();
    return signed(SIGNER, headers, new CborWriter().map(0).toOctets(), CoseAlgorithm.ES256);
  }

  @Test
  void certificatesAreReadFromBothHeadersAloneOrInArrays() throws Exception {
    Octets der = Certificates.der(SIGNER.certificate());
    Octets ca = Certificates.der(MAKER.certificate());
    for (Octets value : List.of(new CborWriter().octets(der).toOctets(), new CborWriter().array(1).octets(der).toOctets(),
        new CborWriter().array(2).octets(ca).octets(der).toOctets())) {
      for (int label : new int[] {32, 33}) {
        Octets loose = new CborWriter().map(1).integer(label).item(value).toOctets();
        assertThat(CoseOpener.open(signed(SIGNER, ES256, loose, CoseAlgorithm.ES256), List.of()).signer()).isEqualTo(SIGNER.certificate());
        Octets guarded = new CborWriter().map(2).integer(1).integer(-7).integer(label).item(value).toOctets();
        Octets message = signed(SIGNER, guarded, new CborWriter().map(1).integer(32).octets(ca).toOctets(), CoseAlgorithm.ES256);
        assertThat(CoseOpener.open(message, List.of()).signer()).isEqualTo(SIGNER.certificate());
      }
    }
  }

  @Test
  void whatIsNoCertificateIsRefused() {
    for (CborWriter value : List.of(new CborWriter().array(0), new CborWriter().text("x"), new CborWriter().octets(CONTENT), new CborWriter().nothing(),
        new CborWriter().array(2).octets(Certificates.der(SIGNER.certificate())).nothing())) {
      Octets message = signed(SIGNER, ES256, new CborWriter().map(1).integer(32).item(value.toOctets()).toOctets(), CoseAlgorithm.ES256);
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CoseOpener.open(message, List.of()));
    }
    CborWriter many = new CborWriter().map(1).integer(32).array(17);
    for (int i = 0; i < 17; i++) {
      many.octets(Certificates.der(SIGNER.certificate()));
    }
    malformed(Flaw.TOO_LONG, signed(SIGNER, ES256, many.toOctets(), CoseAlgorithm.ES256));
  }

  @Test
  void whoOpensForOnePeerNeverLooksAtTheCertificates() throws Exception {
    Octets nonsense = signed(SIGNER, ES256, new CborWriter().map(1).integer(32).octets(CONTENT).toOctets(), CoseAlgorithm.ES256);
    assertThat(CoseOpener.openBy(SIGNER.certificate(), nonsense).signer()).isEqualTo(SIGNER.certificate());
    Octets others = CoseSealer.seal(CONTENT, OTHER, List.of(), OTHER.chain());
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> CoseOpener.openBy(SIGNER.certificate(), others))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.BAD_SIGNATURE));
  }

  @Test
  void theSignerIsWhoseKeyVerifiesWhateverTheOrder() throws Exception {
    List<java.security.cert.X509Certificate> bag = List.of(OTHER.certificate(), MAKER.certificate(), SIGNER.certificate());
    assertThat(CoseOpener.open(CoseSealer.seal(CONTENT, SIGNER, List.of(), bag), List.of()).signer()).isEqualTo(SIGNER.certificate());
    untrusted(Fault.BAD_SIGNATURE, sealed(SIGNER), OTHER);
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> CoseOpener.open(sealed(SIGNER), List.of()))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.SIGNER_UNKNOWN));
  }

  @Test
  void detachedPayloadsOtherTagsAndOtherShapesAreRefused() {
    malformed(Flaw.MISSING, new CborWriter().tag(18).array(4).octets(ES256).map(0).nothing().octets(CONTENT).toOctets());
    malformed(Flaw.WRONG_TYPE, new CborWriter().tag(18).array(4).octets(ES256).map(0).text("x").octets(CONTENT).toOctets());
    malformed(Flaw.UNEXPECTED, new CborWriter().tag(98).item(untagged(sealed(SIGNER))).toOctets());
    malformed(Flaw.WRONG_TYPE, new CborWriter().tag(18).item(sealed(SIGNER)).toOctets());
    malformed(Flaw.WRONG_TYPE, new CborWriter().tag(18).array(3).octets(ES256).map(0).octets(CONTENT).toOctets());
    malformed(Flaw.WRONG_TYPE, new CborWriter().tag(18).array(4).map(0).map(0).octets(CONTENT).octets(CONTENT).toOctets());
    malformed(Flaw.WRONG_TYPE, new CborWriter().tag(18).array(4).octets(ES256).octets(ES256).octets(CONTENT).octets(CONTENT).toOctets());
    malformed(Flaw.TRAILING_BYTES, new CborWriter().item(sealed(SIGNER)).integer(0).toOctets());
    malformed(Flaw.TRAILING_BYTES, signed(SIGNER, new CborWriter().item(ES256).integer(0).toOctets(), new CborWriter().map(0).toOctets(),
        CoseAlgorithm.ES256));
    malformed(Flaw.TOO_LONG, Octets.of(new byte[CoseMessage.MAX_SIZE + 1]));
    malformed(Flaw.TRUNCATED, Octets.empty());
  }

  @Test
  void anUntaggedMessageIsRead() throws Exception {
    assertThat(CoseOpener.open(untagged(sealed(SIGNER)), SIGNER.chain()).content()).isEqualTo(CONTENT);
  }

  /** Spec 03 section 8 numbers 6 and 7. */
  @Test
  void looseCertificatesAreTakenOutAndNothingElseChanges() throws Exception {
    Octets loose = new CborWriter().map(4).integer(33).octets(Certificates.der(OTHER.certificate())).text("32").integer(1)
        .integer(32).octets(Certificates.der(SIGNER.certificate())).item(Octets.hex("1804")).octets(CONTENT).toOctets();
    Octets guarded = new CborWriter().map(2).integer(1).integer(-7).integer(32).octets(Certificates.der(SIGNER.certificate())).toOctets();
    CoseMessage before = CoseMessage.parse(signed(SIGNER, guarded, loose, CoseAlgorithm.ES256));

    CoseMessage after = CoseMessage.parse(before.withoutLooseCertificates());

    assertThat(before.looseCertificates()).isEqualTo(2);
    assertThat(after.looseCertificates()).isZero();
    assertThat(after.certificates()).containsExactly(Certificates.der(SIGNER.certificate()));
    assertThat(after.kid()).contains(CONTENT);
    assertThat(CborItem.read(before.withoutLooseCertificates(), 65_536).untagged().array("").get(1).encoded().hex())
        .isEqualTo("a2623332011804" + new CborWriter().octets(CONTENT).toOctets().hex());
    assertThat(after.protectedOctets()).isEqualTo(before.protectedOctets());
    assertThat(after.payload()).isEqualTo(before.payload());
    assertThat(after.signature()).isEqualTo(before.signature());
    assertThat(after.isSignedBy(SIGNER.certificate().getPublicKey())).isTrue();
    assertThat(after.withoutLooseCertificates()).isEqualTo(before.withoutLooseCertificates());
  }

  private static Octets untagged(Octets tagged) {
    return tagged.slice(1, tagged.size());
  }

  private static Octets sealed(Credential signer) {
    return CoseSealer.seal(CONTENT, signer, List.of(), List.of());
  }

  private static Octets header(int id) {
    return new CborWriter().map(1).integer(1).integer(id).toOctets();
  }

  private static Octets signed(Credential signer, Octets protectedHeader, Octets unprotectedHeader, CoseAlgorithm by) {
    boolean empty = protectedHeader.size() < 2;
    Octets signature = by.sign(signer.key(), CoseMessage.toBeSigned(empty ? Octets.empty() : protectedHeader, Octets.empty(), CONTENT));
    return new CborWriter().tag(18).array(4).octets(protectedHeader).item(unprotectedHeader).octets(CONTENT).octets(signature).toOctets();
  }

  private static void malformed(Flaw flaw, Octets message) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CoseOpener.open(message, SIGNER.chain()))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  private static void untrusted(Fault fault, Octets message, Credential known) {
    assertThatExceptionOfType(UntrustedException.class).isThrownBy(() -> CoseOpener.open(message, known.chain().subList(0, 1)))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(fault));
  }
}
