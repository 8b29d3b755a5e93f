package org.eider.est.http;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jsse.BCSNIHostName;
import org.bouncycastle.jsse.BCSNIServerName;
import org.eider.est.ServerTrust;
import org.eider.pki.UntrustedException;

/** The TLS of one client configuration; its sessions are never resumed. */
final class ClientTls {
  private final ClientConfig config;
  private final SSLContext context;

  ClientTls(ClientConfig config) {
    this.config = config;
    this.context = Tls.context(config.credential().map(OwnKey::new).stream().toList(), new Judge(config.trust()));
  }

  ClientConfig config() {
    return config;
  }

  /** An engine that talks to {@code host} and nobody else. */
  SSLEngine engine(String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    Tls.beyond(engine).setParameters(Tls.parameters(config.protocols(), config.sendServerName() ? serverName(host) : List.of()));
    return engine;
  }

  /** What {@link ServerTrust} said against the server, if that is why the handshake failed. */
  static Optional<UntrustedException> distrust(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 16; depth++) {
      if (cause instanceof UntrustedException untrusted) {
        return Optional.of(untrusted);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /** SNI carries DNS names only (RFC 6066 section 3). */
  private static List<BCSNIServerName> serverName(String host) {
    boolean address = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    return address ? List.of() : List.of(new BCSNIHostName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host));
  }

  /** Asks {@link ServerTrust} during the handshake, so that a server that is not trusted gets an alert and no request. */
  private static final class Judge extends X509ExtendedTrustManager {
    private final ServerTrust trust;

    Judge(ServerTrust trust) {
      this.trust = trust;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      AnyIssuer.bound(chain);
      try {
        trust.check(List.of(chain), engine.getPeerHost());
      } catch (UntrustedException e) {
        throw new CertificateException(e.getMessage(), e);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      throw new CertificateException("only engines are used here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      throw new CertificateException("only engines are used here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      throw new CertificateException("no client is accepted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      throw new CertificateException("no client is accepted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      throw new CertificateException("no client is accepted here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
