package org.eider.pki;

import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Who computes for this process: chosen once, before the first key is used, and never changed. Whoever does not choose gets Bouncy
 * Castle. Keys that are kept and certificates are Bouncy Castle's objects in either case, and nothing is installed in the JVM.
 */
public final class Crypto {
  /** What there is to choose from. */
  public enum Kind {
    /** Bouncy Castle, in Java, everywhere. */
    BC,
    /** Amazon Corretto Crypto Provider where it is faster, in native code for Linux with glibc; Bouncy Castle for the rest. */
    ACCP;

    /** The name in options and configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** AWS-LC, which ACCP wraps, knows no RSA key with a longer public exponent. */
  private static final int LONGEST_NATIVE_EXPONENT = 33;

  private static final Crypto BOUNCY_CASTLE = new Crypto(Kind.BC, Bc.PROVIDER, versioned(Bc.PROVIDER));
  /** Set once. */
  private static final AtomicReference<Crypto> OF_PROCESS = new AtomicReference<>();

  private final Kind kind;
  private final Provider provider;
  private final String name;

  private Crypto(Kind kind, Provider provider, String name) {
    this.kind = kind;
    this.provider = provider;
    this.name = name;
  }

  /**
   * Chooses for the whole process; choosing the same again changes nothing.
   *
   * @throws CryptoUnavailable when this machine cannot have it, it fails its self-test, or the process works with another already
   */
  public static Crypto choose(Kind kind) throws CryptoUnavailable {
    if (OF_PROCESS.get() == null) {
      OF_PROCESS.compareAndSet(null, made(kind));
    }
    Crypto chosen = OF_PROCESS.get();
    if (chosen.kind != kind) {
      throw new CryptoUnavailable(
          "this process works with crypto " + chosen.kind.label() + " already, so " + kind.label() + " comes too late", "one process has one crypto; start another for the other");
    }
    return chosen;
  }

  /** What was chosen; from the first call on that is Bouncy Castle if nobody has chosen. */
  public static Crypto ofProcess() {
    if (OF_PROCESS.get() == null) {
      OF_PROCESS.compareAndSet(null, BOUNCY_CASTLE);
    }
    return OF_PROCESS.get();
  }

  /** Provider of every algorithm that Bouncy Castle has, to be passed to each operation; for keys that {@link KeyType} knows. */
  public Provider provider() {
    return provider;
  }

  /** Provider for a key that comes from anybody: what ACCP would not take goes to Bouncy Castle, so that either judges alike. */
  public Provider providerFor(PublicKey key) {
    return kind == Kind.BC || isNative(key) ? provider : Bc.PROVIDER;
  }

  /** What was chosen. */
  public Kind kind() {
    return kind;
  }

  /** Provider and version, for logs. */
  public String name() {
    return name;
  }

  static boolean isNative(PublicKey key) {
    boolean fits = !(key instanceof RSAPublicKey rsa) || rsa.getPublicExponent().bitLength() <= LONGEST_NATIVE_EXPONENT;
    return fits && KeyType.of(key).isPresent();
  }

  private static Crypto made(Kind kind) throws CryptoUnavailable {
    return switch (kind) {
      case BC -> BOUNCY_CASTLE;
      case ACCP -> {
        try {
          Provider accp = Accp.load();
          yield new Crypto(kind, Accp.before(Bc.PROVIDER, accp), versioned(accp) + " with " + versioned(Bc.PROVIDER));
        } catch (LinkageError e) {
          throw new CryptoUnavailable("crypto accp is not on the class path: " + e, Accp.NEEDS, e);
        }
      }
    };
  }

  private static String versioned(Provider provider) {
    return provider.getName() + " " + provider.getVersionStr();
  }
}
