package org.eider.registrar.server.config;

import org.eider.config.BadSetting;
import org.eider.limits.SourceLimits;

/**
 * What one source may use: an IPv4 address or an IPv6 network of 64 bits. 0 means no bound but the registrar's as a whole.
 *
 * @param connections open at a time
 * @param handshakeRate TLS handshakes a second
 * @param handshakeBurst handshakes at once, after a time of rest
 * @param requestRate requests a second
 * @param requestBurst requests at once, after a time of rest
 * @param share percent of workers and queue together that its requests may hold
 */
public record SourceSettings(int connections, int handshakeRate, int handshakeBurst, int requestRate, int requestBurst, int share) {
  private static final int MOST = 1_000_000;

  /** Checks the values. */
  public SourceSettings {
    BadSetting.unlessWithin("connections", connections, 0, MOST);
    BadSetting.unlessWithin("handshake-rate", handshakeRate, 0, MOST);
    BadSetting.unlessWithin("handshake-burst", handshakeBurst, handshakeRate == 0 ? 0 : 1, MOST);
    BadSetting.unlessWithin("request-rate", requestRate, 0, MOST);
    BadSetting.unlessWithin("request-burst", requestBurst, requestRate == 0 ? 0 : 1, MOST);
    BadSetting.unlessWithin("share", share, 0, 100);
  }

  /** Enough for a join proxy that nobody has named, with a thousand pledges behind it that all come at once. */
  static SourceSettings standard() {
    return new SourceSettings(1024, 100, 1000, 500, 2000, 25);
  }

  /** Some times that, and half of what there is of workers, so that a cell with a flood in it does not take everything. */
  static SourceSettings joinProxy() {
    return new SourceSettings(1536, 400, 4000, 2000, 8000, 50);
  }

  static SourceSettings none() {
    return new SourceSettings(0, 0, 0, 0, 0, 0);
  }

  /** In the words of the kits. */
  SourceLimits kit() {
    return new SourceLimits(connections == 0 ? Integer.MAX_VALUE : connections,
        rate(handshakeRate, handshakeBurst), rate(requestRate, requestBurst), share == 0 ? 100 : share);
  }

  private static SourceLimits.Rate rate(int perSecond, int burst) {
    return perSecond == 0 ? SourceLimits.Rate.ANY : new SourceLimits.Rate(perSecond, burst);
  }
}
