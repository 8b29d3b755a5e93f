package org.eider.est;

import org.eider.wire.Octets;

/**
 * What a TLS session offers to link a certification request to it (RFC 7030 section 3.5).
 *
 * @param kind which binding
 * @param value its octets; the request carries their base64 as challengePassword
 */
public record ChannelBinding(Kind kind, Octets value) {
  /** The two bindings that occur. */
  public enum Kind {
    /** First Finished message, TLS 1.2 (RFC 5929 section 3). */
    TLS_UNIQUE,
    /** Exporter with label EXPORTER-Channel-Binding, 32 octets (RFC 9266). */
    TLS_EXPORTER
  }
}
