package org.eider.est;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.eider.pki.ServiceName;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;

/** Judges the certificate chain of a server; possession of its key is proven by the handshake in any case. */
@FunctionalInterface
public interface ServerTrust {
  /**
   * Returns when the server may be talked to.
   *
   * @param chain as sent, end entity first
   * @param host the host that was asked for
   * @throws UntrustedException when not
   */
  void check(List<X509Certificate> chain, String host) throws UntrustedException;

  /** A path to the anchors at {@code now}, and the name of the host (RFC 9525). */
  static ServerTrust anchored(TrustAnchors anchors, java.time.InstantSource clock) {
    return (chain, host) -> {
      Instant now = clock.instant();
      anchors.validate(chain, now);
      ServiceName.check(chain.get(0), host);
    };
  }
}
