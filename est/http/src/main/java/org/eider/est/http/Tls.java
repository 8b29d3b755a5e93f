package org.eider.est.http;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jsse.BCSNIServerName;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.eider.pki.Crypto;

/** What both ends of TLS share: the engine's provider, and which suites, groups and signatures may be negotiated. */
final class Tls {
  /** TLS 1.2. */
  static final String V12 = "TLSv1.2";
  /** TLS 1.3. */
  static final String V13 = "TLSv1.3";

  private static final Provider JSSE = new BouncyCastleJsseProvider(false, new EngineCrypto(Crypto.ofProcess()));
  /** The system's: Bouncy Castle's own is seeded anew, from a generator behind it, at everything that is drawn from it. */
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The engine tells java.util.logging of every alert, with stack traces; our own log has one line for it. */
  private static final Logger ENGINE_LOG = silenced("org.bouncycastle.jsse");

  private static final String[] SUITES = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
  };
  private static final String[] GROUPS = {"secp256r1", "x25519", "secp384r1", "secp521r1", "X25519MLKEM768", "SecP256r1MLKEM768"};
  private static final String[] FIRST_SHARES = {"secp256r1"};
  private static final String[] SIGNATURES = {
    "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448",
    "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512",
    "rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512",
    "rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512"
  };

  private Tls() {}

  /** A context over our provider; costs milliseconds, so one is kept per server and per client configuration. */
  static SSLContext context(List<OwnKey> keys, X509ExtendedTrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS", JSSE);
      context.init(keys.toArray(new KeyManager[0]), new TrustManager[] {trust}, RANDOM);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle has TLS", e);
    }
  }

  /** Parameters of either side: no host name check by the engine, and no server names unless they are set. */
  static BCSSLParameters parameters(List<String> protocols, List<BCSNIServerName> serverNames) {
    BCSSLParameters parameters = new BCSSLParameters(SUITES.clone(), protocols.toArray(new String[0]));
    parameters.setNamedGroups(GROUPS.clone());
    parameters.setEarlyKeyShares(FIRST_SHARES.clone());
    parameters.setSignatureSchemes(SIGNATURES.clone());
    parameters.setServerNames(serverNames);
    return parameters;
  }

  /** The engine with what Bouncy Castle offers beyond JSSE. */
  static BCSSLEngine beyond(SSLEngine engine) {
    return (BCSSLEngine) engine;
  }

  /** Whether the engine's own log is silent, as it is unless an operator configured it. */
  static boolean engineLogIsSilent() {
    return ENGINE_LOG.getLevel() == Level.OFF;
  }

  private static Logger silenced(String name) {
    Logger logger = Logger.getLogger(name);
    if (logger.getLevel() == null) {
      logger.setLevel(Level.OFF);
    }
    return logger;
  }
}
