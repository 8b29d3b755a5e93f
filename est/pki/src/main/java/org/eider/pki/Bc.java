package org.eider.pki;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The Bouncy Castle provider as an object: it is passed to each operation and never installed in the JVM. */
public final class Bc {
  /** The provider. */
  public static final Provider PROVIDER = new BouncyCastleProvider();

  static {
    // Reading an RSA key, Bouncy Castle looks for proof that the modulus is composite. That takes a peer nothing to ask for and us up to
    // 15 seconds for 16384 bits, on an event loop in a handshake, and protects nobody but the owner of the key.
    unlessSet("org.bouncycastle.rsa.max_size", Integer.toString(KeyType.LARGEST_RSA));
    unlessSet("org.bouncycastle.rsa.max_mr_tests", "0");
  }

  private Bc() {}

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  // Bouncy Castle's static key readers know no algorithm before a provider has been made: they are called through this class only.

  /** The key; empty when its algorithm is unknown. */
  static Optional<PublicKey> publicKey(SubjectPublicKeyInfo info) throws IOException {
    return Optional.ofNullable(BouncyCastleProvider.getPublicKey(info));
  }

  /** The key; empty when its algorithm is unknown. */
  static Optional<PrivateKey> privateKey(PrivateKeyInfo info) throws IOException {
    return Optional.ofNullable(BouncyCastleProvider.getPrivateKey(info));
  }
}
