package org.eider.pki;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Primitive;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * The gate before Bouncy Castle's ASN.1 reader: one whole element of bounded size and depth, nothing behind it. The reader itself
 * descends by recursion and throws unchecked exceptions for what a peer did wrong; neither gets past this class.
 */
final class Der {
  /** Deepest nesting of constructed elements; certificates and CMS messages need less than half of it. */
  static final int MAX_DEPTH = 32;

  private static final int CONSTRUCTED = 0x20;
  private static final int SEQUENCE = 0x30;

  /** Something that reads octets with Bouncy Castle. */
  interface Reader<T> {
    T read() throws IOException, DecodeException;
  }

  private final byte[] in;
  private final String path;
  private final boolean distinguished;

  private Der(byte[] in, String path, boolean distinguished) {
    this.in = in;
    this.path = path;
    this.distinguished = distinguished;
  }

  /** One element in DER, lengths minimal and definite. */
  static ASN1Primitive parse(Octets der, int limit, String path) throws DecodeException {
    byte[] in = check(der, limit, path, true);
    return guard(path, () -> ASN1Primitive.fromByteArray(in));
  }

  /** One element in BER, so also in DER. */
  static ASN1Primitive parseBer(Octets ber, int limit, String path) throws DecodeException {
    byte[] in = check(ber, limit, path, false);
    return guard(path, () -> ASN1Primitive.fromByteArray(in));
  }

  /** The octets, when they are one element in DER. */
  static byte[] check(Octets der, int limit, String path) throws DecodeException {
    return check(der, limit, path, true);
  }

  /** Whether the element that {@link #check} has let through is a SEQUENCE whose first element is one too. */
  static boolean isSequenceOfSequence(byte[] der) {
    int header = der.length < 2 ? 0 : (der[1] & 0x80) == 0 ? 2 : 2 + (der[1] & 0x7f);
    return header > 0 && der[0] == SEQUENCE && header < der.length && der[header] == SEQUENCE;
  }

  /** Runs {@code reader}; whatever it throws is a flaw of what it read. */
  static <T> T guard(String path, Reader<T> reader) throws DecodeException {
    try {
      return reader.read();
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle reports malformed input by IllegalArgumentException, IllegalStateException, ClassCastException and others.
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not what it is declared to be", e);
    }
  }

  private static byte[] check(Octets octets, int limit, String path, boolean distinguished) throws DecodeException {
    if (octets.size() > limit) {
      throw new DecodeException(Flaw.TOO_LONG, path, "longer than " + limit + " octets");
    }
    Der der = new Der(octets.toArray(), path, distinguished);
    int end = der.element(0, der.in.length, 0);
    if (end != der.in.length) {
      throw new DecodeException(Flaw.TRAILING_BYTES, path, "something follows the ASN.1 element");
    }
    return der.in;
  }

  /** Walks the element at {@code at} that has to end by {@code limit}; returns where it ends. */
  private int element(int at, int limit, int depth) throws DecodeException {
    if (depth > MAX_DEPTH) {
      throw new DecodeException(Flaw.TOO_DEEP, path, "ASN.1 nested deeper than " + MAX_DEPTH);
    }
    int tag = octet(at, limit);
    int next = at + 1;
    if ((tag & 0x1f) == 0x1f) {
      while ((octet(next, limit) & 0x80) != 0) {
        next++;
      }
      next++;
    }
    int first = octet(next++, limit);
    if (first == 0x80) {
      return indefinite(tag, next, limit, depth);
    }
    int length = first;
    if (first > 0x80) {
      int count = first & 0x7f;
      length = length(next, count, limit);
      next += count;
    }
    if (length > limit - next) {
      throw new DecodeException(Flaw.TRUNCATED, path, "ends before the ASN.1 element does");
    }
    int end = next + length;
    if ((tag & CONSTRUCTED) != 0) {
      while (next < end) {
        next = element(next, end, depth + 1);
      }
    }
    return end;
  }

  private int indefinite(int tag, int at, int limit, int depth) throws DecodeException {
    if (distinguished || (tag & CONSTRUCTED) == 0) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "indefinite length where DER has none");
    }
    int next = at;
    while (octet(next, limit) != 0 || octet(next + 1, limit) != 0) {
      next = element(next, limit, depth + 1);
    }
    return next + 2;
  }

  private int length(int at, int count, int limit) throws DecodeException {
    if (count > 4) {
      throw new DecodeException(Flaw.TRUNCATED, path, "ends before the ASN.1 element does");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | octet(at + i, limit);
    }
    if (distinguished && (length < 0x80 || length >>> 8 * (count - 1) == 0)) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "a length that is not minimal, so not DER");
    }
    return (int) Math.min(length, Integer.MAX_VALUE);
  }

  private int octet(int at, int limit) throws DecodeException {
    if (at >= limit) {
      throw new DecodeException(Flaw.TRUNCATED, path, "ends before the ASN.1 element does");
    }
    return in[at] & 0xff;
  }
}
