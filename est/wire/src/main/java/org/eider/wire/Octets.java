package org.eider.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable octet string: copied in, copied out, compared by content and in constant time.
 *
 * <p>{@link #toString()} tells the length and a fingerprint, never the content, so that an octet string may stand in a log
 * line or an exception.
 */
public final class Octets {
  private static final Octets EMPTY = new Octets(new byte[0]);

  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The octet string of length zero. */
  public static Octets empty() {
    return EMPTY;
  }

  /** A copy of {@code bytes}. */
  public static Octets of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Octets(bytes.clone());
  }

  /** The UTF-8 encoding of {@code text}. */
  public static Octets utf8(String text) {
    return new Octets(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The octets that {@code hex} spells, two digits of either case each, nothing between them. */
  public static Octets hex(String hex) throws DecodeException {
    try {
      return new Octets(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "hex", "not a string of hexadecimal digits");
    }
  }

  /** A fresh copy of the octets. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** How many octets there are. */
  public int size() {
    return bytes.length;
  }

  /** Whether there is no octet at all. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The octet at {@code index}, 0 to 255. */
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /** The octets from {@code from}, inclusive, to {@code to}, exclusive. */
  public Octets slice(int from, int to) {
    return of(Arrays.copyOfRange(bytes, from, to));
  }

  /** Standard base64 with padding (RFC 4648 section 4), on one line. */
  public String base64() {
    return java.util.Base64.getEncoder().encodeToString(bytes);
  }

  /** Lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** The text that the octets encode in UTF-8; malformed sequences become U+FFFD. */
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The SHA-256 digest of the octets. */
  public Octets sha256() {
    return new Octets(digest("SHA-256"));
  }

  /** The SHA-1 digest of the octets: for key identifiers only, never for a signature. */
  public Octets sha1() {
    return new Octets(digest("SHA-1"));
  }

  /** Whether both hold the same octets; takes the same time wherever they first differ. */
  public boolean matches(Octets other) {
    return MessageDigest.isEqual(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Octets other && matches(other);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " octets, sha256 " + HexFormat.of().formatHex(digest("SHA-256"), 0, 4);
  }

  private byte[] digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
