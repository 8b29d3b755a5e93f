package org.eider.registrar.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.eider.wire.Octets;

/**
 * The one octet string of a list of values that a hash is made of. It begins with what it is the encoding of and a version, and every
 * value has its type and length, so that no two lists have the same encoding:
 *
 * <pre>
 * encoding = text(purpose) octet(version) value*
 * value    = 00                                  nothing
 *          | 01 number, 8 octets, big-endian
 *          | 02 length, 4 octets; UTF-8
 *          | 03 length, 4 octets; octets
 *          | 04 octet                            00 false, 01 true
 * </pre>
 */
final class Canonical {
  private static final int VERSION = 1;
  private static final int SMALL = 512;

  private ByteBuffer buffer = ByteBuffer.allocate(SMALL);

  private Canonical() {}

  static Canonical of(String purpose) {
    Canonical encoding = new Canonical().text(purpose);
    encoding.room(1).put((byte) VERSION);
    return encoding;
  }

  Canonical nothing() {
    room(1).put((byte) 0);
    return this;
  }

  Canonical number(long value) {
    room(1 + Long.BYTES).put((byte) 1).putLong(value);
    return this;
  }

  Canonical text(String value) {
    return lengthed((byte) 2, value.getBytes(StandardCharsets.UTF_8));
  }

  Canonical octets(byte[] value) {
    return lengthed((byte) 3, value);
  }

  Canonical flag(boolean value) {
    room(2).put((byte) 4).put((byte) (value ? 1 : 0));
    return this;
  }

  /** A value as it comes from a column. */
  Canonical value(Object value) {
    if (value == null) {
      return nothing();
    } else if (value instanceof Long number) {
      return number(number);
    } else if (value instanceof String text) {
      return text(text);
    } else if (value instanceof byte[] octets) {
      return octets(octets);
    } else if (value instanceof Boolean flag) {
      return flag(flag);
    }
    throw new IllegalArgumentException("no encoding for " + value.getClass().getSimpleName());
  }

  /** SHA-256 over all of it. */
  byte[] sha256() {
    MessageDigest digest = digest();
    digest.update(buffer.array(), 0, buffer.position());
    return digest.digest();
  }

  /** All of it, to be signed. */
  Octets encoding() {
    return Octets.of(buffer.array()).slice(0, buffer.position());
  }

  private Canonical lengthed(byte type, byte[] octets) {
    room(1 + Integer.BYTES + octets.length).put(type).putInt(octets.length).put(octets);
    return this;
  }

  private ByteBuffer room(int size) {
    if (buffer.remaining() < size) {
      ByteBuffer larger = ByteBuffer.allocate(Math.addExact(buffer.position(), size) + buffer.capacity());
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
