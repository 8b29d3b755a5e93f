package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import org.eclipse.californium.elements.util.JceProviderUtil;
import org.eclipse.californium.scandium.dtls.cipher.ThreadLocalKeyAgreement;
import org.eclipse.californium.scandium.dtls.cipher.ThreadLocalSignature;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JceTest {
  @BeforeAll
  static void prepare() {
    Jce.prepare();
  }

  @Test
  void theCurvesAreThoseOfThisProcess() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    assertThat(pair.getPrivate().getClass().getName()).startsWith("org.bouncycastle.");
    assertThat(generator.getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    assertThat(KeyFactory.getInstance("EC").getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    assertThat(AlgorithmParameters.getInstance("EC").getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(pair.getPrivate());
    assertThat(agreement.getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    assertThat(signature.getProvider().getName()).isEqualTo(Jce.Curves.NAME);
  }

  @Test
  void scandiumComputesWithThem() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    KeyAgreement agreement = new ThreadLocalKeyAgreement("ECDH").currentWithCause();
    agreement.init(pair.getPrivate());
    assertThat(agreement.getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    Signature signature = ThreadLocalSignature.SIGNATURES.get("SHA256withECDSA").currentWithCause();
    signature.initSign(pair.getPrivate());
    assertThat(signature.getProvider().getName()).isEqualTo(Jce.Curves.NAME);
    assertThat(JceProviderUtil.usesBouncyCastle()).isFalse();
    assertThat(JceProviderUtil.isEcdsaVulnerable()).isFalse();
  }

  @Test
  void nothingElseChangesInTheJvm() throws Exception {
    assertThat(Security.getProviders()[0].getName()).isEqualTo(Jce.Curves.NAME);
    assertThat(Security.getProvider("BC")).isNull();
    assertThat(Security.getProvider("BCJSSE")).isNull();
    assertThat(new SecureRandom().getProvider().getName()).isEqualTo("SUN");
    assertThat(MessageDigest.getInstance("SHA-256").getProvider().getName()).isEqualTo("SUN");
    assertThat(Cipher.getInstance("AES/ECB/NoPadding").getProvider().getName()).isEqualTo("SunJCE");
    assertThat(KeyStore.getInstance("PKCS12").getProvider().getName()).isEqualTo("SUN");
    assertThat(KeyFactory.getInstance("RSA").getProvider().getName()).isEqualTo("SunRsaSign");
  }
}
