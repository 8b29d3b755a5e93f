package org.eider.est.http;

import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eider.pki.KeyType;

/**
 * Lets a client certificate of any issuer through the handshake, within bounds: who the client is gets judged by the service behind,
 * which knows the manufacturers (RFC 8995 section 5.1). The handshake has proven possession of the key and nothing else. Names no
 * issuers, so that every client sends what it has.
 *
 * <p>The engine has bounds of its own that come first: 8 certificates (system property
 * {@code jdk.tls.server.maxInboundCertificateChainLength}) in 32 KiB ({@code jdk.tls.maxHandshakeMessageSize}).
 *
 * <p>For servers only; it accepts no server.
 */
final class AnyIssuer extends X509ExtendedTrustManager {
  static final int MAX_CHAIN = 16;
  static final int MAX_CERTIFICATE = 64 * 1024;

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
    bound(chain);
    ExporterHook.capture(engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
    bound(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    bound(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
    throw new CertificateException("no server is accepted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
    throw new CertificateException("no server is accepted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    throw new CertificateException("no server is accepted here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  /** Also bounds what a server may show to a client. */
  static void bound(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0 || chain.length > MAX_CHAIN) {
      throw new CertificateException("a chain has 1 to " + MAX_CHAIN + " certificates");
    }
    for (X509Certificate certificate : chain) {
      if (lengthOf(certificate) > MAX_CERTIFICATE) {
        throw new CertificateException("a certificate has at most " + MAX_CERTIFICATE + " octets");
      }
    }
    // The engine refuses it too, but only when it verifies the signature, and then blames itself: internal_error.
    if (!maySign(chain[0])) {
      throw new CertificateException("the peer's certificate is for other purposes than signing a handshake");
    }
    // What comes next in the handshake is the peer's signature, verified on an event loop.
    if (!KeyType.isAffordable(keyOf(chain[0]))) {
      throw new CertificateException("the peer's key would take too long to verify a signature with");
    }
  }

  /** RFC 8446 section 4.4.2.4, RFC 5246 section 7.4.6: the key usage, where there is one, allows digital signatures. */
  private static boolean maySign(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return usage == null || usage[0];
  }

  /** Some providers read a key only when it is asked for, and tell of what they cannot read in exceptions of no particular kind. */
  private static PublicKey keyOf(X509Certificate certificate) throws CertificateException {
    try {
      return certificate.getPublicKey();
    } catch (IllegalStateException | IllegalArgumentException unreadable) {
      throw new CertificateException("the peer's key cannot be read", unreadable);
    }
  }

  private static int lengthOf(X509Certificate certificate) throws CertificateEncodingException {
    return certificate.getEncoded().length;
  }
}
