package org.eider.est.coap;

import java.net.InetSocketAddress;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.util.Filter;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsSecureRenegotiation;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ExtendedMasterSecretMode;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eider.pki.Credential;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DTLS 1.2 profile of both ends (draft-ietf-anima-constrained-voucher section 6.1, RFC 9148 section 3): ECDHE with ECDSA
 * certificates on both sides, AEAD suites only, extended master secret, no resumption, RFC 9146; secure
 * renegotiation is announced, without which OpenSSL 3 does not talk, and never done.
 *
 * <p>There is no resumption because a resumed session skips what the services rely on: that the handshake has shown a certificate and
 * has been shown one, this time. A pledge has one session, and none of its handshakes after enrolment is about the same certificate.
 */
final class Dtls {
  private static final Logger LOG = LoggerFactory.getLogger(Dtls.class);

  /** Assumed path MTU (draft-ietf-anima-constrained-voucher section 6.1). */
  static final int MTU = 1024;
  /** Greatest handshake message: 12 KiB of chain and more pass, and a peer cannot make us keep more than this while it dawdles. */
  static final int MOST_HANDSHAKE_MESSAGE = 24 * 1024;
  /** RFC 9146: long enough for any number of sessions, short enough for a frame. */
  static final int CONNECTION_ID = 6;

  private static final List<CipherSuite> SUITES = List.of(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM);

  static {
    Jce.prepare();
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
  }

  private Dtls() {}

  /** What both ends have in common. */
  static Configuration configuration(DtlsRole role) {
    return new Configuration()
        .set(DtlsConfig.DTLS_ROLE, role)
        .set(DtlsConfig.DTLS_CIPHER_SUITES, SUITES)
        .set(DtlsConfig.DTLS_CURVES, List.of(SupportedGroup.secp256r1, SupportedGroup.secp384r1))
        .set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS,
            List.of(SignatureAndHashAlgorithm.SHA256_WITH_ECDSA, SignatureAndHashAlgorithm.SHA384_WITH_ECDSA))
        .set(DtlsConfig.DTLS_CERTIFICATE_KEY_ALGORITHMS, List.of(CertificateKeyAlgorithm.EC))
        .set(DtlsConfig.DTLS_EXTENDED_MASTER_SECRET_MODE, ExtendedMasterSecretMode.ENABLED)
        .set(DtlsConfig.DTLS_SECURE_RENEGOTIATION, DtlsSecureRenegotiation.WANTED)
        .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
        .set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, MTU)
        .set(DtlsConfig.DTLS_MAX_FRAGMENTED_HANDSHAKE_MESSAGE_LENGTH, MOST_HANDSHAKE_MESSAGE)
        .set(DtlsConfig.DTLS_TRUNCATE_CLIENT_CERTIFICATE_PATH, false)
        .set(DtlsConfig.DTLS_TRUNCATE_CERTIFICATE_PATH_FOR_VALIDATION, false)
        .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false)
        .set(DtlsConfig.DTLS_USE_SERVER_NAME_INDICATION, false)
        .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
  }

  /** Tells the peers of all sessions that they end; returns when that is sent, or has taken too long. */
  static void farewell(DTLSConnector connector, Duration patience) {
    try {
      List<InetSocketAddress> peers = new CopyOnWriteArrayList<>();
      long deadline = System.nanoTime() + patience.toNanos();
      connector.startForEach((Filter<Connection>) connection -> {
        if (connection.hasEstablishedDtlsContext() && connection.getPeerAddress() != null) {
          peers.add(connection.getPeerAddress());
        }
        return false;
      }).get(patience.toNanos(), TimeUnit.NANOSECONDS);
      peers.forEach(connector::close);
      // Each connection does one thing after the other, so this one is done when all the others are.
      connector.startForEach((Filter<Connection>) connection -> false).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException late) {
      LOG.debug("not every peer was told that its session ends: {}", late.toString());
    }
  }

  /** The credential, if this profile can show it. */
  static Credential showable(Credential credential) {
    if (!(credential.certificate().getPublicKey() instanceof ECPublicKey)) {
      throw new IllegalArgumentException("DTLS shows certificates with keys on elliptic curves only");
    }
    return credential;
  }
}
