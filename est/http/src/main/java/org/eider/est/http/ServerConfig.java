package org.eider.est.http;

import java.time.Duration;
import java.util.Optional;
import org.eider.pki.Credential;

/**
 * How an {@link HttpsServer} listens.
 *
 * @param name for thread names and logs
 * @param host address or name to bind
 * @param port TCP port; 0 for any free one
 * @param credential certificate chain and key to show; empty for plain HTTP, on loopback only
 * @param askForClientCertificate whether the handshake asks for one; any issuer is let through, possession of the key is proven
 * @param limits bounds
 */
public record ServerConfig(
    String name, String host, int port, Optional<Credential> credential, boolean askForClientCertificate, Limits limits) {
  /**
   * Bounds on what peers may use.
   *
   * @param workers threads that run handlers
   * @param queue requests that wait for one; beyond it the answer is 503
   * @param connections open connections; beyond it new ones are closed
   * @param maxHeader octets of request line and headers
   * @param handshake time for the TLS handshake
   * @param request time from a request's first octet to its last
   * @param idle time that a connection may stay without a request
   * @param drain time for what is in flight when the server closes
   */
  public record Limits(
      int workers, int queue, int connections, int maxHeader, Duration handshake, Duration request, Duration idle, Duration drain) {
    /** Sensible bounds for a site registrar. */
    public static Limits standard() {
      return new Limits(
          16, 256, 2048, 16 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(20));
    }
  }
}
