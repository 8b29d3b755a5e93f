package org.eider.pki;

import java.util.ArrayDeque;
import java.util.Deque;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/**
 * Walks the tags and lengths of one BER or DER value without recursion, before a recursive parser sees it: it must be complete,
 * nothing may follow it, and it must neither nest nor branch without measure.
 */
final class BerBounds {
  private static final int MAX_DEPTH = 40;
  private static final int MAX_ELEMENTS = 20_000;
  private static final int INDEFINITE = -1;

  private final byte[] in;
  private final String path;
  private int position;

  private BerBounds(byte[] in, String path) {
    this.in = in;
    this.path = path;
  }

  /**
   * Checks that {@code value} is exactly one value within the bounds.
   *
   * @param path what it is, for the error
   */
  static void check(byte[] value, String path) throws DecodeException {
    new BerBounds(value, path).walk();
  }

  private void walk() throws DecodeException {
    Deque<Integer> ends = new ArrayDeque<>();
    int elements = 0;
    do {
      if (++elements > MAX_ELEMENTS) {
        throw flaw(Flaw.TOO_LONG, "more than " + MAX_ELEMENTS + " elements");
      }
      element(ends);
      while (!ends.isEmpty() && ends.peek() == position) {
        ends.pop();
      }
    } while (!ends.isEmpty());
    if (position != in.length) {
      throw flaw(Flaw.TRAILING_BYTES, "octets follow the outermost value");
    }
  }

  private void element(Deque<Integer> ends) throws DecodeException {
    boolean insideIndefinite = !ends.isEmpty() && ends.peek() == INDEFINITE;
    int first = octet();
    if (first == 0) {
      if (!insideIndefinite || octet() != 0) {
        throw flaw(Flaw.WRONG_TYPE, "end-of-contents octets out of place");
      }
      ends.pop();
      return;
    }
    if ((first & 0x1f) == 0x1f) {
      skipLongTag();
    }
    boolean constructed = (first & 0x20) != 0;
    int length = length();
    int limit = limit(ends);
    if (length == INDEFINITE && !constructed) {
      throw flaw(Flaw.WRONG_TYPE, "primitive value of indefinite length");
    }
    if (length > limit - position) {
      throw flaw(Flaw.TRUNCATED, "a length exceeds what is there");
    }
    if (!constructed) {
      position += length;
      return;
    }
    if (ends.size() >= MAX_DEPTH) {
      throw flaw(Flaw.TOO_DEEP, "nested deeper than " + MAX_DEPTH);
    }
    ends.push(length == INDEFINITE ? INDEFINITE : position + length);
  }

  /** The end of the innermost enclosing value of definite length. */
  private int limit(Deque<Integer> ends) {
    for (int end : ends) {
      if (end != INDEFINITE) {
        return end;
      }
    }
    return in.length;
  }

  private void skipLongTag() throws DecodeException {
    int octets = 0;
    while ((octet() & 0x80) != 0) {
      if (++octets > 4) {
        throw flaw(Flaw.TOO_LONG, "tag number too great");
      }
    }
  }

  private int length() throws DecodeException {
    int first = octet();
    if (first == 0x80) {
      return INDEFINITE;
    }
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets > 4) {
      throw flaw(Flaw.TOO_LONG, "length of more than four octets");
    }
    long length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | octet();
    }
    if (length > in.length) {
      throw flaw(Flaw.TRUNCATED, "a length exceeds what is there");
    }
    return (int) length;
  }

  private int octet() throws DecodeException {
    if (position >= in.length) {
      throw flaw(Flaw.TRUNCATED, "ends too early");
    }
    return in[position++] & 0xff;
  }

  private DecodeException flaw(Flaw flaw, String message) {
    return new DecodeException(flaw, path, message);
  }
}
