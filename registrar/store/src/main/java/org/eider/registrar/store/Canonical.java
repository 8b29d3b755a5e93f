package org.eider.registrar.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
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

  /** Reads the values of an encoding one after the other. */
  static final class Reader {
    private final ByteBuffer octets;

    /** Of an encoding that has to be one of {@code purpose} and of this version. */
    Reader(byte[] encoding, String purpose) throws DecodeException {
      this.octets = ByteBuffer.wrap(encoding);
      if (!text().equals(purpose) || take(1).get() != VERSION) {
        throw new DecodeException(Flaw.UNEXPECTED, "", "not what this program writes");
      }
    }

    long number() throws DecodeException {
      return of(Long.class, value());
    }

    String text() throws DecodeException {
      return of(String.class, value());
    }

    byte[] octets() throws DecodeException {
      return of(byte[].class, value());
    }

    /** The next value, whatever its type; null for nothing. */
    Object value() throws DecodeException {
      byte type = take(1).get();
      return switch (type) {
        case 0 -> null;
        case 1 -> (Object) take(Long.BYTES).getLong();
        case 2 -> new String(lengthed(), StandardCharsets.UTF_8);
        case 3 -> lengthed();
        case 4 -> (Object) (take(1).get() != 0);
        default -> throw new DecodeException(Flaw.WRONG_TYPE, "", "no value has type " + type);
      };
    }

    /** Nothing may follow. */
    void end() throws DecodeException {
      if (octets.hasRemaining()) {
        throw new DecodeException(Flaw.TRAILING_BYTES, "", "something follows");
      }
    }

    private byte[] lengthed() throws DecodeException {
      int length = take(Integer.BYTES).getInt();
      if (length < 0) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, "", "a length below zero");
      }
      byte[] value = new byte[take(length).remaining()];
      octets.get(octets.position() - length, value);
      return value;
    }

    private ByteBuffer take(int size) throws DecodeException {
      if (octets.remaining() < size) {
        throw new DecodeException(Flaw.TRUNCATED, "", "it ends within a value");
      }
      ByteBuffer taken = octets.slice(octets.position(), size);
      octets.position(octets.position() + size);
      return taken;
    }

    private static <T> T of(Class<T> type, Object value) throws DecodeException {
      if (!type.isInstance(value)) {
        throw new DecodeException(Flaw.WRONG_TYPE, "", "a value of another type");
      }
      return type.cast(value);
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
