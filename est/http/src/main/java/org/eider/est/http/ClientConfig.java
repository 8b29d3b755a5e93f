package org.eider.est.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;

/**
 * How a client connects.
 *
 * @param credential what to authenticate with, when the server asks
 * @param trust judges the server
 * @param sendServerName whether the handshake carries SNI; pledges do not (constrained BRSKI section 6.3)
 * @param protocols TLS versions offered, of {@code TLSv1.2} and {@code TLSv1.3}
 * @param connectTimeout for TCP and TLS together
 * @param responseTimeout from the request's last octet to the response's last
 * @param maxBody greatest response body in octets
 */
public record ClientConfig(Optional<Credential> credential, ServerTrust trust, boolean sendServerName, List<String> protocols,
    Duration connectTimeout, Duration responseTimeout, int maxBody) {
  /** TLS 1.2 and 1.3, with SNI, 5 s to connect, 30 s to answer, 2 MiB. */
  public static ClientConfig standard(Optional<Credential> credential, ServerTrust trust) {
    return new ClientConfig(
        credential, trust, true, List.of(Tls.V13, Tls.V12), Duration.ofSeconds(5), Duration.ofSeconds(30), 2 * 1024 * 1024);
  }

  /** Keeps an unmodifiable copy; other versions than TLS 1.2 and 1.3 are an {@link IllegalArgumentException} (RFC 8996). */
  public ClientConfig {
    protocols = List.copyOf(protocols);
    if (protocols.isEmpty() || !List.of(Tls.V12, Tls.V13).containsAll(protocols)) {
      throw new IllegalArgumentException("only TLS 1.2 and 1.3, not " + protocols);
    }
  }
}
