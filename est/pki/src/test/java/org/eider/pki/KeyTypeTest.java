package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTypeTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @ParameterizedTest
  @EnumSource(names = {"RSA3072", "RSA4096"}, mode = EnumSource.Mode.EXCLUDE)
  void aFreshKeyIsOfItsTypeAndSigns(KeyType type) throws Exception {
    KeyPair pair = type.generate(RANDOM);
    assertThat(KeyType.of(pair.getPublic())).contains(type);
    Signature signature = Signature.getInstance(type.signatureAlgorithm(), Bc.PROVIDER);
    signature.initSign(pair.getPrivate());
    signature.update(new byte[] {1, 2, 3});
    byte[] signed = signature.sign();
    signature.initVerify(pair.getPublic());
    signature.update(new byte[] {1, 2, 3});
    assertThat(signature.verify(signed)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "RSA2048", "ED25519"})
  void aKeyOfAnotherProviderIsOfTheSameType(KeyType type) throws Exception {
    PublicKey ours = type.generate(RANDOM).getPublic();
    String algorithm = type == KeyType.ED25519 ? "Ed25519" : ours.getAlgorithm().startsWith("EC") ? "EC" : "RSA";
    PublicKey theirs = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(ours.getEncoded()));
    assertThat(theirs.getClass().getName()).doesNotContain("bouncycastle");
    assertThat(KeyType.of(theirs)).contains(type);
  }

  @ParameterizedTest
  @EnumSource
  void labelsNameTypes(KeyType type) {
    assertThat(KeyType.ofLabel(type.label())).contains(type);
    assertThat(type.label()).matches("[a-z0-9]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P256", "rsa1024", "p-256"})
  void anythingElseIsNoLabel(String label) {
    assertThat(KeyType.ofLabel(label)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256k1", "brainpoolP256r1", "secp192r1", "secp224r1"})
  void otherCurvesAreNotAccepted(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Bc.PROVIDER);
    generator.initialize(new ECGenParameterSpec(curve), RANDOM);
    assertThat(KeyType.of(generator.generateKeyPair().getPublic())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521"})
  void aCurveByItsParametersInsteadOfItsNameIsNotAccepted(KeyType type) throws Exception {
    ECPublicKey named = (ECPublicKey) type.generate(RANDOM).getPublic();
    ECParameterSpec spec = named.getParams();
    ECParameterSpec nameless = new ECParameterSpec(spec.getCurve(), spec.getGenerator(), spec.getOrder(), spec.getCofactor());
    PublicKey explicit = KeyFactory.getInstance("EC", Bc.PROVIDER).generatePublic(new ECPublicKeySpec(named.getW(), nameless));
    assertThat(explicit.getEncoded()).hasSizeGreaterThan(named.getEncoded().length);
    assertThat(KeyType.of(named)).contains(type);
    assertThat(KeyType.of(explicit)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed448", "X25519"})
  void otherEdwardsKeysAreNotAccepted(String algorithm) throws Exception {
    assertThat(KeyType.of(KeyPairGenerator.getInstance(algorithm, Bc.PROVIDER).generateKeyPair().getPublic())).isEmpty();
    assertThat(KeyType.of(KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPublic())).isEmpty();
  }

  @Test
  void rsaOfAGreatPublicExponentIsNotAccepted() throws Exception {
    assertThat(KeyType.of(rsa(2048, BigInteger.valueOf(Long.MAX_VALUE)))).contains(KeyType.RSA2048);
    assertThat(KeyType.of(rsa(2048, BigInteger.ONE.shiftLeft(64).add(BigInteger.ONE)))).isEmpty();
  }

  @Test
  void rsaIsJudgedByItsModulus() throws Exception {
    assertThat(KeyType.of(rsa(2047, 65537))).isEmpty();
    assertThat(KeyType.of(rsa(2048, 65537))).contains(KeyType.RSA2048);
    assertThat(KeyType.of(rsa(3071, 65537))).contains(KeyType.RSA2048);
    assertThat(KeyType.of(rsa(3072, 65537))).contains(KeyType.RSA3072);
    assertThat(KeyType.of(rsa(4096, 65537))).contains(KeyType.RSA4096);
    assertThat(KeyType.of(rsa(8192, 65537))).contains(KeyType.RSA4096);
    assertThat(KeyType.of(rsa(8193, 65537))).isEmpty();
  }

  @Test
  void anRsaExponentThatCostsTheVerifierIsRefused() throws Exception {
    BigInteger huge = BigInteger.ONE.shiftLeft(2000).add(BigInteger.ONE);
    PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus(3072), huge));
    assertThat(KeyType.of(key)).isEmpty();
    assertThat(KeyType.isAffordable(key)).isFalse();
  }

  private static PublicKey rsa(int bits, int exponent) throws Exception {
    return rsa(bits, BigInteger.valueOf(exponent));
  }

  private static PublicKey rsa(int bits, BigInteger exponent) throws Exception {
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus(bits), exponent));
  }

  private static BigInteger modulus(int bits) {
    return BigInteger.ONE.shiftLeft(bits - 1).add(BigInteger.ONE);
  }
}
