package org.eider.wire;

import java.io.ByteArrayOutputStream;

/**
 * Writes CBOR item by item, lengths definite and heads in their shortest form (RFC 8949 section 4.2.1). Who announces an array of two
 * elements writes two; keys of a map are written like values, in the order in which they are to stand. For one thread.
 */
public final class CborWriter {
  private static final int OCTETS = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int FALSE = 0xf4;
  private static final int TRUE = 0xf5;
  private static final int NULL = 0xf6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Begins an array of so many elements. */
  public CborWriter array(int size) {
    return head(ARRAY, size);
  }

  /** Begins a map of so many entries. */
  public CborWriter map(int size) {
    return head(MAP, size);
  }

  /** A tag of the item that follows. */
  public CborWriter tag(long number) {
    return head(TAG, number);
  }

  /** An integer of either sign. */
  public CborWriter integer(long value) {
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }

  /** A byte string. */
  public CborWriter octets(Octets value) {
    head(OCTETS, value.size());
    return item(value);
  }

  /** A text string. */
  public CborWriter text(String value) {
    Octets utf8 = Octets.utf8(value);
    head(TEXT, utf8.size());
    return item(utf8);
  }

  /** True or false. */
  public CborWriter bool(boolean value) {
    out.write(value ? TRUE : FALSE);
    return this;
  }

  /** A null. */
  public CborWriter nothing() {
    out.write(NULL);
    return this;
  }

  /** An item that is encoded already, octet for octet. */
  public CborWriter item(Octets encoded) {
    out.writeBytes(encoded.toArray());
    return this;
  }

  /** What has been written. */
  public Octets toOctets() {
    return Octets.of(out.toByteArray());
  }

  private CborWriter head(int major, long argument) {
    int first = major << 5;
    if (argument < 24) {
      out.write(first | (int) argument);
    } else if (argument <= 0xff) {
      more(first | 24, argument, 1);
    } else if (argument <= 0xffff) {
      more(first | 25, argument, 2);
    } else if (argument <= 0xffff_ffffL) {
      more(first | 26, argument, 4);
    } else {
      more(first | 27, argument, 8);
    }
    return this;
  }

  private void more(int head, long argument, int octets) {
    out.write(head);
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
      out.write((int) (argument >>> shift));
    }
  }
}
