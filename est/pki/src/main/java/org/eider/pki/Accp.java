package org.eider.pki;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KeyAgreement;

/** Brings the Amazon Corretto Crypto Provider into the process, if machine and class path allow. */
final class Accp {
  /** What a machine has to have. */
  static final String NEEDS = "it needs Linux with glibc on x86_64 or aarch64, its jar for that, and a java.io.tmpdir that is not "
      + "mounted noexec; crypto: bc works everywhere";
  private static final byte[] MESSAGE = "both have to agree on this".getBytes(StandardCharsets.US_ASCII);

  private Accp() {}

  /**
   * The provider, after its own tests.
   *
   * @throws LinkageError without its jar
   */
  static Provider load() throws CryptoUnavailable {
    AmazonCorrettoCryptoProvider accp = AmazonCorrettoCryptoProvider.INSTANCE;
    Throwable broken = accp.getLoadingError();
    if (broken != null) {
      throw new CryptoUnavailable("crypto accp does not load on " + platform() + ": " + broken.getMessage(), NEEDS, broken);
    }
    if (accp.runSelfTests() != SelfTestStatus.PASSED) {
      throw new CryptoUnavailable("crypto accp " + accp.getVersionStr() + " fails its self-test on " + platform(), NEEDS);
    }
    return accp;
  }

  /** The two as one, after they have understood each other's keys, signatures and secrets. */
  static Provider before(Provider rest, Provider accp) throws CryptoUnavailable {
    try {
      Provider both = new AccpFirst(accp, rest);
      compare(both, rest, "SHA256withECDSA", "secp256r1");
      compare(both, rest, "SHA384withECDSA", "secp384r1");
      compare(both, rest, "SHA512withECDSA", "secp521r1");
      return both;
    } catch (GeneralSecurityException | RuntimeException e) {
      // Native code and its wrapper may fail in any way; whatever it is, this is not the machine for it.
      throw new CryptoUnavailable("crypto accp fails our self-test on " + platform() + ": " + e, NEEDS, e);
    }
  }

  private static void compare(Provider one, Provider other, String algorithm, String curve) throws GeneralSecurityException {
    KeyPair ours = newKey(one, curve);
    KeyPair theirs = newKey(other, curve);
    for (KeyPair key : List.of(ours, theirs)) {
      require(verifies(other, algorithm, key.getPublic(), sign(one, algorithm, key.getPrivate())));
      require(verifies(one, algorithm, key.getPublic(), sign(other, algorithm, key.getPrivate())));
    }
    require(Arrays.equals(secret(one, ours.getPrivate(), theirs.getPublic()), secret(other, theirs.getPrivate(), ours.getPublic())));
  }

  private static KeyPair newKey(Provider provider, String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
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

  private static byte[] secret(Provider provider, PrivateKey ours, PublicKey theirs) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(ours);
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private static void require(boolean agreed) throws GeneralSecurityException {
    if (!agreed) {
      throw new GeneralSecurityException("it does not agree with Bouncy Castle");
    }
  }

  private static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }
}
