package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 2986, RFC 2985 section 5.4, RFC 7030 section 3.5. */
class CsrTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final X500Name SUBJECT = new X500Name("O=Acme,SERIALNUMBER=S1");
  private static final KeyPair KEY = KeyType.P256.generate(RANDOM);

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void aRequestSaysWhatItWasMadeOfAndProvesPossession(KeyType type) throws DecodeException {
    KeyPair key = type.generate(RANDOM);
    Extension usage = CertificateMaker.keyUsage(KeyUsage.digitalSignature);
    Csr csr = Csr.parse(Csr.create(SUBJECT, key, Optional.of("+rrCir/7+EYu50T4"), List.of(usage)));
    assertThat(csr.subject()).isEqualTo(SUBJECT);
    assertThat(csr.publicKey()).isEqualTo(key.getPublic());
    assertThat(csr.challengePassword()).contains("+rrCir/7+EYu50T4");
    assertThat(csr.hasChallengePassword()).isTrue();
    assertThat(csr.extensions().orElseThrow().getExtension(Extension.keyUsage)).isEqualTo(usage);
    assertThat(csr.provesPossession()).isTrue();
    assertThat(csr.weakSignature()).isFalse();
  }

  @Test
  void nothingAskedForMeansNoAttributes() throws DecodeException {
    Csr csr = Csr.parse(Csr.create(SUBJECT, KEY, Optional.empty(), List.of()));
    assertThat(csr.challengePassword()).isEmpty();
    assertThat(csr.hasChallengePassword()).isFalse();
    assertThat(csr.extensions()).isEmpty();
    assertThat(csr.signatureAlgorithm()).isEqualTo("1.2.840.10045.4.3.2");
  }

  @Test
  void aChallengePasswordThatIsNoTextIsThereButCannotBeRead() throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, ASN1Primitive.fromByteArray(new byte[] {0x0c, 2, (byte) 0xc2, 0x20}));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(KEY.getPrivate());
    Csr csr = Csr.parse(Octets.of(builder.build(signer).getEncoded()));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(csr.hasChallengePassword()).isTrue();
    assertThat(csr.challengePassword()).isEmpty();
  }

  @Test
  void theKeyOfSomebodyElseProvesNothing() throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(KeyType.P256.generate(RANDOM).getPrivate());
    assertThat(Csr.parse(Octets.of(builder.build(signer).getEncoded())).provesPossession()).isFalse();
  }

  @Test
  void everyChangedOctetIsNoticed() {
    byte[] der = Csr.create(SUBJECT, KEY, Optional.of("x"), List.of()).toArray();
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= 1;
      assertThat(isProven(changed)).as("octet %d", i).isFalse();
    }
  }

  @Test
  void noPrefixAndNoSuffixIsARequest() {
    byte[] der = Csr.create(SUBJECT, KEY, Optional.empty(), List.of()).toArray();
    for (int length = 0; length < der.length; length++) {
      Octets prefix = Octets.of(der).slice(0, length);
      assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Csr.parse(prefix))
          .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRUNCATED));
    }
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Csr.parse(Octets.of(java.util.Arrays.copyOf(der, der.length + 1))))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TRAILING_BYTES));
  }

  @Test
  void anOversizedRequestIsNotRead() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> Csr.parse(Octets.of(new byte[Csr.MAX_SIZE + 1])))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  @Test
  void anAlgorithmOfAnotherKindOfKeyProvesNothing() throws Exception {
    KeyPair rsa = KeyType.RSA2048.generate(RANDOM);
    KeyPair ed25519 = KeyType.ED25519.generate(RANDOM);
    KeyPair[] keys = {KEY, rsa, ed25519};
    String[] algorithms = {"SHA256withECDSA", "SHA256withRSA", "Ed25519"};
    for (int certified = 0; certified < keys.length; certified++) {
      for (int signing = 0; signing < keys.length; signing++) {
        var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(keys[certified].getPublic().getEncoded()));
        Csr csr = Csr.parse(Octets.of(builder.build(signer(keys[signing], algorithms[signing])).getEncoded()));
        assertThat(csr.provesPossession()).as("%s for a key of %s", algorithms[signing], algorithms[certified]).isEqualTo(certified == signing);
      }
    }
  }

  @Test
  void sha1IsVerifiedAndCalledWeak() throws Exception {
    KeyPair rsa = KeyType.RSA2048.generate(RANDOM);
    Csr csr = Csr.parse(signed(rsa, "SHA1withRSA"));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(csr.weakSignature()).isTrue();
  }

  @Test
  void aShortRsaKeyIsReadForThePolicyToRefuse() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(1024);
    Csr csr = Csr.parse(signed(generator.generateKeyPair(), "SHA256withRSA"));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(KeyType.of(csr.publicKey())).isEmpty();
  }

  @Test
  void twoExtensionRequestsAreAFlaw() throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    for (int bits : new int[] {KeyUsage.digitalSignature, KeyUsage.keyCertSign}) {
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new Extensions(CertificateMaker.keyUsage(bits)));
    }
    Csr csr = Csr.parse(Octets.of(builder.build(signer(KEY, "SHA256withECDSA")).getEncoded()));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(csr::extensions);
  }

  @Test
  void anExtensionRequestOfSomethingElseIsAFlaw() throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERUTF8String("all of them"));
    Csr csr = Csr.parse(Octets.of(builder.build(signer(KEY, "SHA256withECDSA")).getEncoded()));
    assertThatExceptionOfType(DecodeException.class).isThrownBy(csr::extensions);
  }

  @Test
  void severalOrEndlessChallengePasswordsAreNone() throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERUTF8String("one"));
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERUTF8String("two"));
    Csr twice = Csr.parse(Octets.of(builder.build(signer(KEY, "SHA256withECDSA")).getEncoded()));
    assertThat(twice.challengePassword()).isEmpty();
    assertThat(twice.hasChallengePassword()).isTrue();
    assertThat(Csr.parse(Csr.create(SUBJECT, KEY, Optional.of("x".repeat(256)), List.of())).challengePassword()).isEmpty();
  }

  private static boolean isProven(byte[] der) {
    try {
      Csr csr = Csr.parse(Octets.of(der));
      return csr.provesPossession();
    } catch (DecodeException e) {
      return false;
    }
  }

  private static Octets signed(KeyPair key, String algorithm) throws Exception {
    var builder = new PKCS10CertificationRequestBuilder(SUBJECT, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    return Octets.of(builder.build(signer(key, algorithm)).getEncoded());
  }

  private static org.bouncycastle.operator.ContentSigner signer(KeyPair key, String algorithm) throws Exception {
    return new JcaContentSignerBuilder(algorithm).setProvider(Bc.PROVIDER).build(key.getPrivate());
  }
}
