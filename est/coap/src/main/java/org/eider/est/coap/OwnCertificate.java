package org.eider.est.coap;

import java.security.PublicKey;
import java.util.List;
import java.util.function.Function;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;
import org.eider.pki.Credential;

/**
 * Presents one credential whatever issuers and names the peer knows: a registrar does not know the manufacturers' names in advance, and
 * a pledge has only its IDevID.
 */
final class OwnCertificate implements CertificateProvider {
  private final Function<ConnectionId, Credential> credentials;

  /** Shows what the function says for a connection. */
  OwnCertificate(Function<ConnectionId, Credential> credentials) {
    this.credentials = credentials;
  }

  @Override
  public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
    return List.of(CertificateKeyAlgorithm.EC);
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return List.of(CertificateType.X_509);
  }

  @Override
  public CertificateIdentityResult requestCertificateIdentity(ConnectionId cid, boolean client, List<X500Principal> issuers,
      ServerNames serverNames, List<CertificateKeyAlgorithm> keyAlgorithms, List<SignatureAndHashAlgorithm> signatures,
      List<SupportedGroup> curves) {
    Credential credential = credentials.apply(cid);
    return isFit(credential.certificate().getPublicKey(), keyAlgorithms, signatures, curves)
        ? new CertificateIdentityResult(cid, credential.key(), credential.chain()) : new CertificateIdentityResult(cid);
  }

  /** Whether the peer can read the key and verify what it signs; an empty list asks for nothing. */
  private static boolean isFit(PublicKey key, List<CertificateKeyAlgorithm> keyAlgorithms, List<SignatureAndHashAlgorithm> signatures,
      List<SupportedGroup> curves) {
    SupportedGroup curve = SupportedGroup.fromPublicKey(key);
    return (isNothing(keyAlgorithms) || keyAlgorithms.contains(CertificateKeyAlgorithm.EC))
        && (isNothing(signatures) || SignatureAndHashAlgorithm.getSupportedSignatureAlgorithm(signatures, key) != null)
        && (isNothing(curves) || curves.contains(curve));
  }

  private static boolean isNothing(List<?> wishes) {
    return wishes == null || wishes.isEmpty();
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // every answer comes at once
  }
}
