package org.eider.registrar.server.config;

import java.time.Duration;
import java.util.Locale;
import org.eider.config.BadSetting;
import org.eider.est.coap.CoapsConfig;
import org.eider.est.http.ServerConfig;
import org.eider.limits.SourceLimits;

/**
 * The one UDP port of constrained BRSKI and EST, over DTLS.
 *
 * @param enabled whether there is one
 * @param host address or name to listen on
 * @param port UDP port; 0 for any free one
 * @param sessions DTLS sessions that are kept; beyond it the one that was used longest ago is forgotten
 * @param handshakeRate DTLS handshakes a second, of all sources together; 0 for no bound but those of each source
 * @param handshakeBurst handshakes at once, after a time of rest
 * @param transfers bodies in blocks that are not complete; beyond it the answer is 5.03
 * @param pathAbbreviation number of the option Uri-Path-Abbrev, which is not assigned yet; odd, since the option is critical
 * @param withoutAccept how a certificate is answered to who does not say
 * @param jpy where devices behind stateless join proxies come in
 */
public record CoapsSettings(boolean enabled, String host, int port, int sessions, int handshakeRate, int handshakeBurst, int transfers, int pathAbbreviation,
    Certificate withoutAccept, Jpy jpy) {
  /** Several flights, each of which may be lost and sent again after one, two, four seconds. */
  private static final Duration DTLS_HANDSHAKE = Duration.ofSeconds(60);

  /** How certificates come. */
  public enum Certificate {
    /** In PKCS#7, content-format 281, as RFC 9148 section 4.3 has it. */
    PKCS7,
    /** One by itself, content-format 287, as cBRSKI has it. */
    X509;

    /** The name in the file. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The UDP port for stateless join proxies, each datagram with the proxy's header. It needs no {@code coaps.enabled}.
   *
   * @param enabled whether there is one
   * @param host address or name to listen on
   * @param port UDP port; 0 for any free one, as no document names one
   * @param associations DTLS sessions through proxies; beyond it the one that was used longest ago, of the proxy that holds most, is forgotten
   * @param perProxy those of one address of a proxy; beyond it its own that was used longest ago is forgotten
   * @param idle after how long without anything from its device one is forgotten
   */
  public record Jpy(boolean enabled, String host, int port, int associations, int perProxy, Duration idle) {
    /** Checks the values. */
    public Jpy {
      BadSetting.unlessText("host", host);
      BadSetting.unlessWithin("port", port, 0, 65535);
      BadSetting.unlessWithin("associations", associations, 16, 1_000_000);
      BadSetting.unlessWithin("per-proxy", perProxy, 1, 1_000_000);
      // Longer than a request may wait for its MASA.
      BadSetting.unlessWithin("idle", idle, Duration.ofMinutes(2), Duration.ofDays(1));
    }

    /** The same, listening on that port. */
    public Jpy on(int other) {
      return new Jpy(true, host, other, associations, perProxy, idle);
    }

    /** The same at another address. */
    public Jpy at(String other) {
      return new Jpy(enabled, other, port, associations, perProxy, idle);
    }
  }

  /** Checks the values. */
  public CoapsSettings {
    BadSetting.unlessText("host", host);
    BadSetting.unlessWithin("port", port, 0, 65535);
    BadSetting.unlessWithin("sessions", sessions, 16, 1_000_000);
    BadSetting.unlessWithin("handshake-rate", handshakeRate, 0, 1_000_000);
    BadSetting.unlessWithin("handshake-burst", handshakeBurst, handshakeRate == 0 ? 0 : 1, 1_000_000);
    BadSetting.unlessWithin("transfers", transfers, 1, 100_000);
    BadSetting.unlessWithin("path-abbreviation", pathAbbreviation, 1, 65535);
    if (pathAbbreviation % 2 == 0) {
      throw new BadSetting("path-abbreviation", "is the number of a critical option, which is odd");
    }
  }

  static CoapsSettings standard() {
    return new CoapsSettings(false, "0.0.0.0", 5684, 2048, 200, 2000, 1024, 13, Certificate.PKCS7,
        new Jpy(false, "0.0.0.0", 0, 2048, 1024, Duration.ofMinutes(10)));
  }

  /** In the words of the CoAP kit; what one source may use, and the workers, are those of HTTPS. */
  public CoapsConfig.Limits kit(LimitSettings all) {
    ServerConfig.Limits https = all.kit();
    SourceLimits.Rate rate = handshakeRate == 0 ? SourceLimits.Rate.ANY : new SourceLimits.Rate(handshakeRate, handshakeBurst);
    return new CoapsConfig.Limits(https.workers(), https.queue(), sessions, https.handshakes(), rate, DTLS_HANDSHAKE, transfers, https.drain(),
        https.sources());
  }

  /** As {@link #kit}, for those who come through stateless join proxies: each address of a proxy is a source. */
  public CoapsConfig.Limits jpyKit(LimitSettings all) {
    CoapsConfig.Limits direct = kit(all);
    SourceLimits source = direct.sources().perSource();
    return direct.withSessions(jpy.associations())
        .withPerSource(new SourceLimits(jpy.perProxy(), source.handshakes(), source.requests(), source.share()));
  }

  /** Whether anything is served over DTLS. */
  public boolean servesDtls() {
    return enabled || jpy.enabled();
  }

  /** The same at another address. */
  public CoapsSettings at(String other) {
    return new CoapsSettings(enabled, other, port, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, jpy.at(other));
  }

  /** The same, listening on that port. */
  public CoapsSettings on(int other) {
    return new CoapsSettings(true, host, other, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, jpy);
  }

  /** The same with another port for stateless join proxies. */
  public CoapsSettings with(Jpy other) {
    return new CoapsSettings(enabled, host, port, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, other);
  }
}
