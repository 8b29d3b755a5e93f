package org.eider.registrar.server;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eider.grasp.GraspTls;
import org.eider.pki.Credential;

/**
 * TLS with other nodes of the domain, on the JDK: shows what the registrar shows, renewals included, and takes certificates of the
 * domain's CA only.
 */
final class DomainTls {
  private static final String ALIAS = "registrar";

  private DomainTls() {}

  /**
   * For GRASP. Whoever has a certificate of the CA is a node of the domain, as far as this registrar is concerned: no other certificate
   * is asked for, and this one for nothing else.
   *
   * @throws IOException when the platform has no TLS
   */
  static GraspTls of(Supplier<Credential> own) throws IOException {
    try {
      X509Certificate root = own.get().chain().get(own.get().chain().size() - 1);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("domain", root);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Shown(own)}, trust.getTrustManagers(), null);
      return new GraspTls(context, chain -> { });
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS for GRASP: " + e.getMessage(), e);
    }
  }

  /** The credential of the moment; a renewal changes its certificate and not its key. */
  private static final class Shown extends X509ExtendedKeyManager {
    private final Supplier<Credential> own;

    Shown(Supplier<Credential> own) {
      this.own = own;
    }

    private String alias(String keyType) {
      return keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return alias(keyType);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return alias(keyType);
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
      return chooseClientAlias(keyTypes, issuers, null);
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return java.util.Arrays.stream(keyTypes).anyMatch(type -> type.startsWith("EC")) ? ALIAS : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.get().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.get().key();
    }
  }
}
