package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.AlgorithmParameters;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.eider.pki.Bc;
import org.eider.pki.Crypto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine takes from the JDK has to be what Bouncy Castle would have computed; the rest stays with Bouncy Castle. */
class EngineCryptoTest {
  private static final byte[] MESSAGE = new byte[5000];
  private static final byte[] NONCE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  private static final byte[] HEADER = {23, 3, 3, 1, 1};

  private final JcaJceHelper mixed = new EngineCrypto(Bc.PROVIDER, Optional.of(Security.getProvider("SunJCE")),
      Optional.of(Security.getProvider("SUN"))).getHelper();
  private final JcaJceHelper pure = new EngineCrypto(Bc.PROVIDER, Optional.empty(), Optional.empty()).getHelper();

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void recordsOfOneAreReadByTheOther(int keyLength) throws Exception {
    byte[] sealed = gcm(mixed, "SunJCE", Cipher.ENCRYPT_MODE, keyLength, MESSAGE);
    assertThat(sealed).isEqualTo(gcm(pure, "BC", Cipher.ENCRYPT_MODE, keyLength, MESSAGE));
    assertThat(gcm(mixed, "SunJCE", Cipher.DECRYPT_MODE, keyLength, sealed)).isEqualTo(MESSAGE);
    assertThat(gcm(pure, "BC", Cipher.DECRYPT_MODE, keyLength, sealed)).isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA-256", "SHA-384"})
  void digestsAreTheSameAndCanBeForked(String algorithm) throws Exception {
    MessageDigest jdk = mixed.createMessageDigest(algorithm);
    assertThat(jdk.getProvider().getName()).isEqualTo("SUN");
    jdk.update(HEADER);
    MessageDigest fork = (MessageDigest) jdk.clone();
    MessageDigest bc = pure.createMessageDigest(algorithm);
    bc.update(HEADER);
    assertThat(fork.digest(MESSAGE)).isEqualTo(bc.digest(MESSAGE)).isEqualTo(jdk.digest(MESSAGE));
  }

  @ParameterizedTest
  @CsvSource({"HmacSHA256, 32", "HmacSHA384, 48"})
  void macsAreTheSame(String algorithm, int length) throws Exception {
    Mac jdk = mixed.createMac(algorithm);
    assertThat(jdk.getProvider().getName()).isEqualTo("SunJCE");
    Mac bc = pure.createMac(algorithm);
    jdk.init(new SecretKeySpec(new byte[length], algorithm));
    bc.init(new SecretKeySpec(new byte[length], algorithm));
    assertThat(jdk.doFinal(MESSAGE)).isEqualTo(bc.doFinal(MESSAGE)).hasSize(length);
  }

  @Test
  void whatTheProcessTakesIsTheJdksWithBouncyCastle() throws Exception {
    JcaJceHelper engine = new EngineCrypto(Crypto.ofProcess()).getHelper();

    assertThat(engine.createCipher("AES/GCM/NoPadding").getProvider().getName()).isEqualTo("SunJCE");
    assertThat(engine.createMac("HmacSHA256").getProvider().getName()).isEqualTo("SunJCE");
    assertThat(engine.createMessageDigest("SHA-256").getProvider().getName()).isEqualTo("SUN");
  }

  /** As in a JDK whose system allows only certified algorithms of others. */
  @Test
  void aProviderThatLacksAnAlgorithmIsLeftOut() throws Exception {
    Provider empty = new Provider("SunJCE", "1", "of nothing") {
      private static final long serialVersionUID = 1L;
    };
    JcaJceHelper engine = new EngineCrypto(Bc.PROVIDER, Optional.of(empty), Optional.of(empty)).getHelper();

    assertThat(engine.createCipher("AES/GCM/NoPadding").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(engine.createMac("HmacSHA384").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(engine.createMessageDigest("SHA-384").getProvider()).isSameAs(Bc.PROVIDER);
  }

  @Test
  void everythingElseIsBouncyCastle() throws Exception {
    assertThat(mixed.createSignature("NONEwithECDSA").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(mixed.createKeyAgreement("ECDH").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(mixed.createCertificateFactory("X.509").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(mixed.createMessageDigest("SHA-512").getProvider()).isSameAs(Bc.PROVIDER);
    assertThat(mixed.createCipher("ChaCha7539").getProvider()).isSameAs(Bc.PROVIDER);
  }

  private static byte[] gcm(JcaJceHelper services, String provider, int mode, int keyLength, byte[] input) throws Exception {
    Cipher cipher = services.createCipher("AES/GCM/NoPadding");
    assertThat(cipher.getProvider().getName()).isEqualTo(provider);
    AlgorithmParameters parameters = services.createAlgorithmParameters("GCM");
    parameters.init(new GCMParameterSpec(128, NONCE));
    cipher.init(mode, new SecretKeySpec(new byte[keyLength], "AES"), parameters);
    cipher.updateAAD(HEADER);
    return cipher.doFinal(input);
  }
}
