package org.eider.pledge;

import static java.util.Objects.requireNonNull;

import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * A body to send, signed already: it is repeated octet for octet, never made again (RFC 8995 section 5.6).
 *
 * @param type its media type; a CoAP link turns it into a content-format
 * @param body the octets
 */
public record Posting(MediaType type, Octets body) {
  /** Rejects null. */
  public Posting {
    requireNonNull(type);
    requireNonNull(body);
  }
}
