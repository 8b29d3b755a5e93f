package org.eider.est.coap;

import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.eider.pki.KeyType;

/**
 * Takes a peer's certificates from the handshake, within bounds, and hands them to somebody who judges them. Names no issuers, so that
 * every client sends what it has.
 *
 * <p>The bounds come before any signature is verified: the next thing in the handshake is the peer's own, with the key of the first
 * certificate.
 */
final class PeerCertificates implements NewAdvancedCertificateVerifier {
  static final int MAX_CHAIN = 16;
  static final int MAX_CERTIFICATE = 8 * 1024;

  private final Judge judge;

  /** What is to be done with a chain that is within the bounds. */
  @FunctionalInterface
  interface Judge {
    /**
     * What to take along with the session.
     *
     * @throws HandshakeException when the handshake is to end here
     */
    Object judge(ConnectionId connection, List<X509Certificate> chain) throws HandshakeException;
  }

  PeerCertificates(Judge judge) {
    this.judge = judge;
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return List.of(CertificateType.X_509);
  }

  @Override
  public List<X500Principal> getAcceptedIssuers() {
    return List.of();
  }

  @Override
  public CertificateVerificationResult verifyCertificate(ConnectionId cid, ServerNames serverName, java.net.InetSocketAddress peer,
      boolean clientUsage, boolean verifySubject, boolean truncatePath, CertificateMessage message) {
    try {
      return new CertificateVerificationResult(cid, message.getCertificateChain(), judge.judge(cid, bounded(message)));
    } catch (HandshakeException refused) {
      return new CertificateVerificationResult(cid, refused, null);
    }
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // every answer comes at once
  }

  /** The handshake ends, with an alert and a reason for the log. */
  static HandshakeException refusal(AlertDescription alert, String why) {
    return new HandshakeException(why, new AlertMessage(AlertLevel.FATAL, alert));
  }

  private static List<X509Certificate> bounded(CertificateMessage message) throws HandshakeException {
    if (message.getCertificateChain() == null) {
      throw refusal(AlertDescription.UNSUPPORTED_CERTIFICATE, "a raw public key instead of a certificate");
    }
    List<? extends java.security.cert.Certificate> sent = message.getCertificateChain().getCertificates();
    if (sent.isEmpty() || sent.size() > MAX_CHAIN) {
      throw refusal(AlertDescription.BAD_CERTIFICATE, "a chain has 1 to " + MAX_CHAIN + " certificates");
    }
    List<X509Certificate> chain = new ArrayList<>(sent.size());
    for (java.security.cert.Certificate certificate : sent) {
      if (!(certificate instanceof X509Certificate x509) || lengthOf(x509) > MAX_CERTIFICATE) {
        throw refusal(AlertDescription.BAD_CERTIFICATE, "a certificate has at most " + MAX_CERTIFICATE + " octets");
      }
      chain.add(x509);
    }
    checkSigner(chain.get(0));
    return chain;
  }

  private static void checkSigner(X509Certificate certificate) throws HandshakeException {
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[0]) {
      throw refusal(AlertDescription.BAD_CERTIFICATE, "the peer's certificate is for other purposes than signing a handshake");
    }
    PublicKey key = certificate.getPublicKey();
    if (key == null || !KeyType.isAffordable(key)) {
      throw refusal(AlertDescription.UNSUPPORTED_CERTIFICATE, "the peer's key would take too long to verify a signature with");
    }
  }

  private static int lengthOf(X509Certificate certificate) throws HandshakeException {
    try {
      return certificate.getEncoded().length;
    } catch (CertificateEncodingException e) {
      throw refusal(AlertDescription.BAD_CERTIFICATE, "a certificate without an encoding");
    }
  }
}
