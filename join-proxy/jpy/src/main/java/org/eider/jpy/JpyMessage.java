package org.eider.jpy;

import static java.util.Objects.requireNonNull;

import org.eider.wire.CborReader;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * One datagram of a pledge or for it, with the header by which its join proxy finds the pledge again: a CBOR array of two byte
 * strings.
 *
 * @param header opaque to everybody but the proxy that made it; a registrar sends it back unchanged
 * @param content payload of the UDP datagram between pledge and proxy, octet for octet
 */
public record JpyMessage(Octets header, Octets content) {
  /** Most octets of a header that are taken; proxies are asked to stay within 32. */
  public static final int MAX_HEADER = 255;
  /** Most octets of a message: the greatest payload of a UDP datagram over IPv6. */
  public static final int MAX_SIZE = 65_527;

  private static final String HEADER = "jpy_header";
  private static final String CONTENT = "jpy_content";
  private static final int BYTE_STRING = 0x40;
  private static final int ARRAY_OF_TWO = 0x82;

  /** Rejects null. */
  public JpyMessage {
    requireNonNull(header);
    requireNonNull(content);
  }

  /**
   * Reads a message: an array of two byte strings or more elements, of which the further ones are ignored; nothing behind it.
   *
   * @throws DecodeException when it is none; a receiver then drops the datagram silently
   */
  public static JpyMessage decode(Octets datagram) throws DecodeException {
    CborReader reader = CborReader.of(datagram, MAX_SIZE);
    reader.startArray("jpy_message");
    Octets header = reader.octets(HEADER);
    if (header.size() > MAX_HEADER) {
      throw new DecodeException(Flaw.TOO_LONG, HEADER, "longer than " + MAX_HEADER + " octets");
    }
    Octets content = reader.octets(CONTENT);
    reader.skipToEndOfArray("jpy_message");
    reader.end();
    return new JpyMessage(header, content);
  }

  /** The message with exactly two elements, lengths in their shortest form. */
  public Octets encode() {
    byte[] headerHead = head(header.size());
    byte[] contentHead = head(content.size());
    byte[] out = new byte[1 + headerHead.length + header.size() + contentHead.length + content.size()];
    out[0] = (byte) ARRAY_OF_TWO;
    int at = put(out, 1, headerHead);
    at = put(out, at, header.toArray());
    at = put(out, at, contentHead);
    put(out, at, content.toArray());
    return Octets.of(out);
  }

  /** The initial octets of a byte string (RFC 8949 section 3). */
  private static byte[] head(int length) {
    if (length < 24) {
      return new byte[] {(byte) (BYTE_STRING | length)};
    }
    if (length < 0x100) {
      return new byte[] {BYTE_STRING | 24, (byte) length};
    }
    if (length < 0x10000) {
      return new byte[] {BYTE_STRING | 25, (byte) (length >> 8), (byte) length};
    }
    return new byte[] {BYTE_STRING | 26, (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length};
  }

  private static int put(byte[] out, int at, byte[] part) {
    System.arraycopy(part, 0, out, at, part.length);
    return at + part.length;
  }
}
