package org.eider.est.coap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.limits.AddressRange;
import org.eider.limits.Gate;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceRules;
import org.eider.pki.Credential;

/**
 * How a {@link CoapsServer} listens.
 *
 * @param name for thread names and logs
 * @param host address or name to bind
 * @param port UDP port; 0 for any free one
 * @param credential certificate chain and key to show
 * @param abbreviation number of the option Uri-Path-Abbrev, 13 until IANA says otherwise
 * @param limits bounds
 * @param relayed how clients come through relays, if that is the way they come
 */
public record CoapsConfig(
    String name, String host, int port, Credential credential, int abbreviation, Limits limits, Optional<Relayed> relayed) {
  /** Number of the option Uri-Path-Abbrev that its draft asks for. */
  public static final int ABBREVIATION = 13;

  /**
   * Clients that come through relays, with a header before each datagram. Each address of a relay is a source of its own, and sessions
   * are as many as {@link Limits} say.
   *
   * @param framing how the header stands there
   * @param idle after how long without anything authentic from the client a session ends; longer than a request may take
   */
  public record Relayed(DatagramFraming framing, Duration idle) {}

  /** The usual configuration. */
  public CoapsConfig(String name, String host, int port, Credential credential, Limits limits) {
    this(name, host, port, credential, ABBREVIATION, limits, Optional.empty());
  }

  /** The same for clients that come through relays. */
  public CoapsConfig withRelayed(DatagramFraming framing, Duration idle) {
    return new CoapsConfig(name, host, port, credential, abbreviation, limits, Optional.of(new Relayed(framing, idle)));
  }

  /** The same with another number of the option Uri-Path-Abbrev; it has to be odd, which makes an option critical. */
  public CoapsConfig withAbbreviation(int number) {
    return new CoapsConfig(name, host, port, credential, number, limits, relayed);
  }

  /** Checks the number. */
  public CoapsConfig {
    if (abbreviation % 2 == 0 || abbreviation < 1 || abbreviation > 0xffff) {
      throw new IllegalArgumentException("the number of a critical option is odd, and at most 65535");
    }
  }

  /**
   * Bounds on what peers may use.
   *
   * @param workers threads that run handlers
   * @param queue requests that wait for one; beyond it the answer is 5.03
   * @param sessions DTLS sessions, those in their handshake included; beyond it one that idles goes, of the source that has most of them
   * @param handshakes handshakes at a time; beyond it the one that takes longest is given up
   * @param handshakeRate handshakes begun, of all sources together
   * @param handshake time for a handshake, from its first message with the right cookie to its last
   * @param transfers bodies that are being sent in blocks and are not complete
   * @param drain time for what is in flight when the server closes
   * @param sources what one source may use
   */
  public record Limits(int workers, int queue, int sessions, int handshakes, SourceLimits.Rate handshakeRate, Duration handshake,
      int transfers, Duration drain, SourceRules sources) {
    /** Checks what would make the server useless. */
    public Limits {
      if (workers < 1 || queue < 0 || sessions < 1 || handshakes < 1 || transfers < 1) {
        throw new IllegalArgumentException("a server has at least one worker, one session, one handshake and one transfer");
      }
    }

    /** Sensible bounds for a site registrar, and none on a single source. */
    public static Limits standard() {
      return new Limits(16, 256, 12_000, 1024, SourceLimits.Rate.ANY, Duration.ofSeconds(60), 1024, Duration.ofSeconds(20),
          SourceRules.NONE);
    }

    /** As a gate takes them. */
    Gate.Bounds bounds() {
      return new Gate.Bounds(sessions, handshakes, sources, workers + queue);
    }

    /** The same with another number of threads and of requests that wait for one. */
    public Limits withWorkers(int threads, int waiting) {
      return new Limits(threads, waiting, sessions, handshakes, handshakeRate, handshake, transfers, drain, sources);
    }

    /** The same with another number of sessions. */
    public Limits withSessions(int most) {
      return new Limits(workers, queue, most, Math.min(handshakes, most), handshakeRate, handshake, transfers, drain, sources);
    }

    /** The same with other bounds on handshakes: at a time, begun by all together, and how long one may take. */
    public Limits withHandshakes(int most, SourceLimits.Rate rate, Duration time) {
      return new Limits(workers, queue, sessions, most, rate, time, transfers, drain, sources);
    }

    /** The same with another number of bodies in blocks. */
    public Limits withTransfers(int most) {
      return new Limits(workers, queue, sessions, handshakes, handshakeRate, handshake, most, drain, sources);
    }

    /** The same with another time for what is in flight at the end. */
    public Limits withDrain(Duration time) {
      return new Limits(workers, queue, sessions, handshakes, handshakeRate, handshake, transfers, time, sources);
    }

    /** The same with bounds on every source. */
    public Limits withPerSource(SourceLimits bounds) {
      return withSources(sources.withPerSource(bounds));
    }

    /** The same with other bounds on sources. */
    public Limits withSources(SourceRules rules) {
      return new Limits(workers, queue, sessions, handshakes, handshakeRate, handshake, transfers, drain, rules);
    }

    /** The same with other bounds on some sources. */
    public Limits withTrusted(List<AddressRange> ranges, SourceLimits bounds) {
      return withSources(sources.withTrusted(ranges, bounds));
    }
  }
}
