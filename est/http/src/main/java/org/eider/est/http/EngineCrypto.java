package org.eider.est.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.jcajce.util.ProviderJcaJceHelper;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.eider.pki.Crypto;

/**
 * What the TLS engine computes with: keys, signatures and certificates with the process's crypto; AES-GCM, SHA-2 and HMAC, which it needs
 * for every record, with the JDK's own, since the JVM puts the CPU's instructions in the place of their code and of nobody else's.
 *
 * <p>With {@link Crypto.Kind#ACCP}, and in a JVM without these providers of the JDK, everything is the process's crypto.
 */
final class EngineCrypto extends JcaTlsCryptoProvider {
  private static final String CIPHERS = "SunJCE";
  private static final String DIGESTS = "SUN";

  private final JcaJceHelper services;

  EngineCrypto(Crypto crypto) {
    this(crypto.provider(), jdk(crypto, CIPHERS), jdk(crypto, DIGESTS));
  }

  /** Providers that lack one of the algorithms, as they do where the system allows only others, are left out. */
  EngineCrypto(Provider crypto, Optional<Provider> ciphers, Optional<Provider> digests) {
    this.services = new Services(crypto,
        ciphers.filter(provider -> has(provider, "Cipher", Services.AES_GCM) && has(provider, "Mac", Services.HMAC)),
        digests.filter(provider -> has(provider, "MessageDigest", Services.SHA2)));
  }

  private static Optional<Provider> jdk(Crypto crypto, String name) {
    return crypto.kind() == Crypto.Kind.BC ? Optional.ofNullable(Security.getProvider(name)) : Optional.empty();
  }

  private static boolean has(Provider provider, String type, Set<String> algorithms) {
    return algorithms.stream().allMatch(algorithm -> Optional.ofNullable(provider.getService(type, algorithm)).isPresent());
  }

  @Override
  public JcaJceHelper getHelper() {
    return services;
  }

  private static final class Services extends ProviderJcaJceHelper {
    private static final Set<String> AES_GCM = Set.of("AES/GCM/NoPadding");
    private static final Set<String> HMAC = Set.of("HmacSHA256", "HmacSHA384");
    private static final Set<String> SHA2 = Set.of("SHA-256", "SHA-384");

    private final Optional<Provider> ciphers;
    private final Optional<Provider> digests;

    Services(Provider crypto, Optional<Provider> ciphers, Optional<Provider> digests) {
      super(crypto);
      this.ciphers = ciphers;
      this.digests = digests;
    }

    @Override
    public Cipher createCipher(String algorithm) throws NoSuchAlgorithmException, NoSuchPaddingException {
      return ciphers.isPresent() && AES_GCM.contains(algorithm)
          ? Cipher.getInstance(algorithm, ciphers.get())
          : super.createCipher(algorithm);
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
      return ciphers.isPresent() && HMAC.contains(algorithm) ? Mac.getInstance(algorithm, ciphers.get()) : super.createMac(algorithm);
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
      return digests.isPresent() && SHA2.contains(algorithm)
          ? MessageDigest.getInstance(algorithm, digests.get())
          : super.createMessageDigest(algorithm);
    }

    /** What the engine calls. */
    @Override
    @Deprecated
    public MessageDigest createDigest(String algorithm) throws NoSuchAlgorithmException {
      return createMessageDigest(algorithm);
    }
  }
}
