package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What ACCP and Bouncy Castle have to agree on. The choice itself is the process's: this one works with Bouncy Castle. */
class CryptoTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] MESSAGE = {1, 2, 3};

  @TempDir private Path folder;

  @BeforeAll
  static void unchosen() {
    Crypto.ofProcess();
  }

  @Test
  void whoDoesNotChooseWorksWithBouncyCastle() throws Exception {
    assertThat(Crypto.ofProcess().provider()).isSameAs(Bc.PROVIDER);
    assertThat(Crypto.ofProcess().name()).startsWith("BC ");
    assertThat(Crypto.choose(Crypto.Kind.BC)).isSameAs(Crypto.ofProcess());
  }

  @Test
  void aChoiceThatComesTooLateIsRefused() {
    assertThatThrownBy(() -> Crypto.choose(Crypto.Kind.ACCP)).isInstanceOf(CryptoUnavailable.class).hasMessageContaining("comes too late");
    assertThat(Crypto.ofProcess().provider()).isSameAs(Bc.PROVIDER);
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void keysFromFilesSignWithOneAndVerifyWithTheOther(KeyType type) throws Exception {
    Provider both = both();
    KeyPair made = type.generate(RANDOM);
    PemFiles.writeKey(folder.resolve("key.pem"), made.getPrivate());
    PrivateKey read = PemFiles.readKey(folder.resolve("key.pem"));

    byte[] ours = sign(both, type.signatureAlgorithm(), read);
    byte[] theirs = sign(Bc.PROVIDER, type.signatureAlgorithm(), read);
    assertThat(verifies(Bc.PROVIDER, type.signatureAlgorithm(), made.getPublic(), ours)).isTrue();
    assertThat(verifies(both, type.signatureAlgorithm(), made.getPublic(), theirs)).isTrue();
    assertThat(verifies(both, type.signatureAlgorithm(), type.generate(RANDOM).getPublic(), theirs)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"Signature, sha256WITHecdsa, true", "Signature, NoneWithECDSA, true", "Signature, SHA256withRSA, true",
      "KeyAgreement, ECDH, true", "MessageDigest, SHA-256, true", "Cipher, AES/GCM/NoPadding, true",
      "Signature, SHA256withRSAandMGF1, false", "Signature, Ed25519, false", "KeyAgreement, X25519, false", "AlgorithmParameters, GCM, false",
      "CertificateFactory, X.509, false", "Signature, SHA1withECDSA, false"})
  void onlyTheListedServicesAreNative(String type, String algorithm, boolean isNative) throws Exception {
    assertThat(both().getService(type, algorithm).getProvider() != Bc.PROVIDER).isEqualTo(isNative);
  }

  @Test
  void nothingIsInstalledInTheJvm() throws Exception {
    both();
    assertThat(Security.getProviders()).noneMatch(one -> one.getName().contains("Corretto") || one.getName().contains("Eider"));
  }

  /** Why a key of anybody goes to Bouncy Castle unless it is of a kind that ACCP knows. */
  @Test
  void keysThatOnlyBouncyCastleTakesAreNoKeysOfAccp() throws Exception {
    Provider both = both();
    KeyPairGenerator brainpool = KeyPairGenerator.getInstance("EC", Bc.PROVIDER);
    brainpool.initialize(new java.security.spec.ECGenParameterSpec("brainpoolP256r1"), RANDOM);
    KeyPair key = brainpool.generateKeyPair();
    byte[] signed = sign(Bc.PROVIDER, "SHA256withECDSA", key.getPrivate());
    assertThatThrownBy(() -> verifies(both, "SHA256withECDSA", key.getPublic(), signed)).isInstanceOf(GeneralSecurityException.class);
    assertThat(Crypto.isNative(key.getPublic())).isFalse();

    PublicKey rsa = KeyType.RSA2048.generate(RANDOM).getPublic();
    PublicKey longExponent = KeyFactory.getInstance("RSA", Bc.PROVIDER).generatePublic(
        new RSAPublicKeySpec(((RSAPublicKey) rsa).getModulus(), BigInteger.ONE.shiftLeft(40).add(BigInteger.ONE)));
    assertThatThrownBy(() -> verifies(both, "SHA256withRSA", longExponent, new byte[256])).isInstanceOf(InvalidKeyException.class);
    assertThat(Crypto.isNative(longExponent)).isFalse();
    assertThat(Crypto.isNative(rsa)).isTrue();
    assertThat(Crypto.isNative(KeyType.P384.generate(RANDOM).getPublic())).isTrue();
  }

  private static Provider both() throws CryptoUnavailable {
    assumeThatCode(Accp::load).as("ACCP loads on this machine").doesNotThrowAnyException();
    return Accp.before(Bc.PROVIDER, Accp.load());
  }

  private static byte[] sign(Provider provider, String algorithm, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, provider);
    signature.initSign(key);
    signature.update(MESSAGE);
    return signature.sign();
  }

  private static boolean verifies(Provider provider, String algorithm, PublicKey key, byte[] signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, provider);
    signature.initVerify(key);
    signature.update(MESSAGE);
    return signature.verify(signed);
  }
}
