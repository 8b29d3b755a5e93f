package org.eider.est.http;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsHandshakeHash;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.eider.est.ChannelBinding;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel binding {@code tls-exporter} of TLS 1.3 (RFC 9266, RFC 8446 section 7.5).
 *
 * <p>The engine has the secret only during the handshake and offers it to nobody, so this class looks into the engine when the
 * handshake calls our trust manager (server) or our key manager (client) behind the server's Finished. Hence a session has this
 * binding only when the server asked for a client certificate, and on the server only when the client presented one. Leans on
 * fields of Bouncy Castle; where they are not as expected, sessions have no binding and the log says so once.
 */
final class ExporterHook {
  private static final Logger LOG = LoggerFactory.getLogger(ExporterHook.class);
  private static final String STASH = ExporterHook.class.getName();
  private static final String LABEL = "EXPORTER-Channel-Binding";
  private static final int LENGTH = 32;

  private static final Optional<Inside> INSIDE = inside();

  private record Inside(Field protocol, Method context, Field transcript) {}

  private ExporterHook() {}

  /** Computes the binding, once, inside a handshake of TLS 1.3 and leaves it with the engine's session; otherwise does nothing. */
  static void capture(SSLEngine engine) {
    SSLSession session = engine.getHandshakeSession();
    if (INSIDE.isEmpty() || session == null || session.getValue(STASH) != null) {
      return;
    }
    try {
      compute(engine, INSIDE.get()).ifPresent(binding -> session.putValue(STASH, binding));
    } catch (ReflectiveOperationException | IOException e) {
      LOG.warn("no tls-exporter channel binding: {}", e.toString());
    }
  }

  /** What {@link #capture} left with the session. */
  static Optional<ChannelBinding> of(SSLSession session) {
    return session.getValue(STASH) instanceof Octets octets
        ? Optional.of(new ChannelBinding(ChannelBinding.Kind.TLS_EXPORTER, octets))
        : Optional.empty();
  }

  private static Optional<Octets> compute(SSLEngine engine, Inside inside) throws ReflectiveOperationException, IOException {
    Object protocol = inside.protocol().get(engine);
    TlsContext context = (TlsContext) inside.context().invoke(protocol);
    SecurityParameters parameters = context.getSecurityParametersHandshake();
    if (parameters == null || !TlsUtils.isTLSv13(parameters.getNegotiatedVersion())) {
      return Optional.empty();
    }
    int hash = parameters.getPRFCryptoHashAlgorithm();
    int hashLength = parameters.getPRFHashLength();
    TlsSecret exporter = parameters.getExporterMasterSecret();
    if (exporter == null) {
      TlsHandshakeHash transcript = (TlsHandshakeHash) inside.transcript().get(protocol);
      byte[] toServerFinished = transcript.forkPRFHash().calculateHash();
      exporter = TlsCryptoUtils.hkdfExpandLabel(parameters.getMasterSecret(), hash, "exp master", toServerFinished, hashLength);
    }
    byte[] nothing = context.getCrypto().createHash(hash).calculateHash();
    TlsSecret derived = TlsCryptoUtils.hkdfExpandLabel(exporter, hash, LABEL, nothing, hashLength);
    return Optional.of(Octets.of(TlsCryptoUtils.hkdfExpandLabel(derived, hash, "exporter", nothing, LENGTH).extract()));
  }

  private static Optional<Inside> inside() {
    try {
      Field protocol = Class.forName("org.bouncycastle.jsse.provider.ProvSSLEngine").getDeclaredField("protocol");
      Method context = TlsProtocol.class.getDeclaredMethod("getContext");
      Field transcript = TlsProtocol.class.getDeclaredField("handshakeHash");
      protocol.setAccessible(true);
      context.setAccessible(true);
      transcript.setAccessible(true);
      return Optional.of(new Inside(protocol, context, transcript));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn("no tls-exporter channel bindings with this version of Bouncy Castle: {}", e.toString());
      return Optional.empty();
    }
  }
}
