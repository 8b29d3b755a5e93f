package org.eider.proxy;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.eider.grasp.GraspTls;

/** Who is listened to by GRASP over TLS, of those who have a certificate of the domain's CA. */
public enum GraspPeers implements GraspTls.PeerCheck {
  /** Registrars only: their certificates are for registration authorities, id-kp-cmcRA (RFC 8994 section 6.2.5, RFC 8995 section 5.5.4). */
  REGISTRARS,
  /** Whoever is of the domain: where others pass on what registrars tell. */
  MEMBERS;

  private static final String CMC_RA = "1.3.6.1.5.5.7.3.28";

  /** The name in the file. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void check(List<X509Certificate> chain) throws CertificateException {
    boolean isLetIn = switch (this) {
      case REGISTRARS -> isRegistrar(chain.get(0));
      case MEMBERS -> true;
    };
    if (!isLetIn) {
      throw new CertificateException("its certificate is not a registrar's: id-kp-cmcRA is missing");
    }
  }

  private static boolean isRegistrar(X509Certificate certificate) throws CertificateException {
    List<String> usages = certificate.getExtendedKeyUsage();
    return usages != null && usages.contains(CMC_RA);
  }
}
