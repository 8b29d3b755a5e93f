package org.eider.est.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eider.pki.Credential;

/**
 * Presents one credential whatever issuers the peer names: a registrar does not know the manufacturers' names in advance, and a
 * pledge has only its IDevID. The engine itself skips key types that do not fit.
 */
final class OwnKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final Credential credential;

  OwnKey(Credential credential) {
    this.credential = credential;
  }

  /** On the client, this is the one moment between the server's Finished and the end of the handshake that calls us. */
  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    ExporterHook.capture(engine);
    return ALIAS;
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return ALIAS;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return ALIAS;
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
    return credential.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return credential.key();
  }
}
