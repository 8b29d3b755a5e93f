package org.eider.grasp;

import org.eider.wire.CborItem;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * Messages to octets and back (RFC 8990 section 4). What is lenient here, and why, stands in docs/decisions/0022-grasp.md.
 *
 * @param limit greatest size of a message in octets
 */
public record GraspCodec(int limit) {
  /** GRASP_DEF_MAX_SIZE: what every receiver takes and what no sender exceeds unless it knows better. */
  public static final int DEFAULT_LIMIT = 2048;
  /** Greatest message that is multicast: more might not fit into 1280 octets of IPv6, and multicast is not to be fragmented. */
  public static final int MULTICAST_LIMIT = 1232;
  /** Deepest nesting, that of the values of objectives included. */
  public static final int MAX_DEPTH = CborItem.MAX_DEPTH;

  /** A codec with the default limit. */
  public static GraspCodec standard() {
    return new GraspCodec(DEFAULT_LIMIT);
  }

  /**
   * Reads one message and nothing behind it.
   *
   * @throws DecodeException when it is none: it is to be dropped, and the next one to be read
   */
  public Message decode(Octets message) throws DecodeException {
    return GraspDecoder.message(CborItem.read(message, limit));
  }

  /**
   * Writes one message.
   *
   * @throws IllegalArgumentException when it would exceed the limit, or is {@link Message.Unknown}
   */
  public Octets encode(Message message) {
    Octets encoded = GraspEncoder.encode(message);
    if (encoded.size() > limit) {
      throw new IllegalArgumentException("a message of " + encoded.size() + " octets, of which " + limit + " are allowed");
    }
    return encoded;
  }
}
