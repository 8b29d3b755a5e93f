package org.eider.est.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.limits.AddressRange;
import org.eider.limits.Gate;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceRules;
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
   * @param connections open connections; beyond it one that idles is closed, or the new one where none does
   * @param maxHeader octets of request line and headers
   * @param handshake time for the TLS handshake
   * @param request time from a request's first octet to its last
   * @param idle time that a connection may stay without a request
   * @param drain time for what is in flight when the server closes
   * @param handshakes connections that are in their TLS handshake; beyond it the one that takes longest is closed
   * @param sources what one source may use
   */
  public record Limits(int workers, int queue, int connections, int maxHeader, Duration handshake, Duration request, Duration idle,
      Duration drain, int handshakes, SourceRules sources) {
    /** Checks what would make the server useless. */
    public Limits {
      if (workers < 1 || queue < 0 || connections < 1 || handshakes < 1) {
        throw new IllegalArgumentException("a server has at least one worker, one connection and one handshake");
      }
    }

    /** Bounds on all sources together, and none on a single one. */
    public Limits(int workers, int queue, int connections, int maxHeader, Duration handshake, Duration request, Duration idle,
        Duration drain) {
      this(workers, queue, connections, maxHeader, handshake, request, idle, drain, connections, SourceRules.NONE);
    }

    /** Sensible bounds for a site registrar, and none on a single source. */
    public static Limits standard() {
      return new Limits(
          16, 256, 2048, 16 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(20))
          .withHandshakes(512);
    }

    /** As a gate takes them. */
    Gate.Bounds bounds() {
      return new Gate.Bounds(connections, handshakes, sources, workers + queue);
    }

    /** The same with another number of connections that may be in their handshake. */
    public Limits withHandshakes(int most) {
      return new Limits(workers, queue, connections, maxHeader, handshake, request, idle, drain, most, sources);
    }

    /** The same with bounds on every source. */
    public Limits withPerSource(SourceLimits bounds) {
      return withSources(sources.withPerSource(bounds));
    }

    /** The same with other bounds on sources. */
    public Limits withSources(SourceRules rules) {
      return new Limits(workers, queue, connections, maxHeader, handshake, request, idle, drain, handshakes, rules);
    }

    /** The same with other bounds on some sources. */
    public Limits withTrusted(List<AddressRange> ranges, SourceLimits bounds) {
      return withSources(sources.withTrusted(ranges, bounds));
    }

    /** The same with another number of threads and of requests that wait for one. */
    public Limits withWorkers(int threads, int waiting) {
      return new Limits(threads, waiting, connections, maxHeader, handshake, request, idle, drain, handshakes, sources);
    }

    /** The same with another number of connections. */
    public Limits withConnections(int most) {
      return new Limits(workers, queue, most, maxHeader, handshake, request, idle, drain, Math.min(handshakes, most), sources);
    }

    /** The same with other times: for handshake, request, idling, and what is in flight at the end. */
    public Limits withTimes(Duration forHandshake, Duration forRequest, Duration forIdling, Duration forDraining) {
      return new Limits(workers, queue, connections, maxHeader, forHandshake, forRequest, forIdling, forDraining, handshakes, sources);
    }
  }
}
