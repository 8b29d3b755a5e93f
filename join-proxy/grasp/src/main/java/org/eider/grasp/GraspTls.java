package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * TLS for GRASP over TCP: 1.2 at least, both sides with certificates (RFC 8994 section 6.9.2).
 *
 * @param context with key and trust of the caller
 * @param check of the peer's certificate, beyond its path
 */
public record GraspTls(SSLContext context, PeerCheck check) {
  /** Whether a peer whose path the context has verified belongs to the domain (RFC 8994 section 6.2.3). */
  @FunctionalInterface
  public interface PeerCheck {
    /**
     * Lets the peer in.
     *
     * @param chain its certificate first
     * @throws CertificateException when it is not let in
     */
    void check(List<X509Certificate> chain) throws CertificateException;
  }

  /** Rejects null. */
  public GraspTls {
    requireNonNull(context);
    requireNonNull(check);
  }
}
