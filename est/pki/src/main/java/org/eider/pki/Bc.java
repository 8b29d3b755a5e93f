package org.eider.pki;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The Bouncy Castle provider as an object: it is passed to each operation and never installed in the JVM. */
public final class Bc {
  /** The provider. */
  public static final Provider PROVIDER = new BouncyCastleProvider();

  private Bc() {}
}
