package org.eider.est.coap;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import org.eider.pki.Crypto;

/**
 * Lets Scandium compute on elliptic curves with the crypto of this process, which is several times faster than the JDK 17 is.
 *
 * <p>Scandium takes no provider: it asks the JVM for algorithms by name. Its own switch for Bouncy Castle
 * ({@code CALIFORNIUM_JCE_PROVIDER=BC}) puts the whole of it in front of the JDK's providers, random numbers, key stores, digests and
 * ciphers of everybody in the JVM included, and puts BCJSSE second. So the switch is told to leave the providers alone, and one small
 * provider comes first, which has the operations of a handshake and nothing else. AES and SHA-2 stay with the JDK, whose intrinsics no
 * library in Java comes near.
 *
 * <p>Has to come before any class of Scandium or Californium is loaded that looks for algorithms: everything here that uses them calls
 * {@link #prepare} in its static initializer.
 */
final class Jce {
  private static final String SWITCH = "CALIFORNIUM_JCE_PROVIDER";

  static {
    if (System.getProperty(SWITCH) == null && System.getenv(SWITCH) == null) {
      System.setProperty(SWITCH, "SYSTEM");
    }
    Security.insertProviderAt(new Curves(Crypto.ofProcess().provider()), 1);
  }

  private Jce() {}

  /** Sees to it that what the class comment says is so; once for the process. */
  static void prepare() {
    // the static initializer has done it
  }

  /** A few services of another provider, under a name of its own. */
  static final class Curves extends Provider {
    static final String NAME = "EiderCurves";

    private static final long serialVersionUID = 1L;
    private static final List<String> SERVICES = List.of(
        "KeyPairGenerator.EC", "KeyFactory.EC", "KeyAgreement.ECDH", "AlgorithmParameters.EC",
        "Signature.SHA256withECDSA", "Signature.SHA384withECDSA", "Signature.SHA512withECDSA");

    Curves(Provider from) {
      super(NAME, from.getVersionStr(), "elliptic curves of " + from.getName());
      for (String name : SERVICES) {
        int dot = name.indexOf('.');
        Service service = from.getService(name.substring(0, dot), name.substring(dot + 1));
        if (service != null) {
          putService(new Borrowed(this, service, name.substring(0, dot), name.substring(dot + 1)));
        }
      }
    }
  }

  /** A service that another provider renders. */
  private static final class Borrowed extends Provider.Service {
    private final Provider.Service lender;

    Borrowed(Provider provider, Provider.Service lender, String type, String algorithm) {
      super(provider, type, algorithm, lender.getClassName(), List.of(), null);
      this.lender = lender;
    }

    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
      return lender.newInstance(parameter);
    }

    @Override
    public boolean supportsParameter(Object parameter) {
      return lender.supportsParameter(parameter);
    }
  }
}
