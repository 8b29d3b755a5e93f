package org.eider.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eider.wire.CborItem.Kind;
import org.eider.wire.CborItem.Lengths;
import org.eider.wire.DecodeException.Flaw;

/**
 * Takes CBOR apart. Jackson's parser tells integer keys from text keys no more than it takes tagged ones, which signed artefacts hang on;
 * hence this one (docs/decisions/0018-cose-artefacts.md). No allocation is greater than what has arrived. For one message.
 */
final class CborParser {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int OCTETS = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xff;
  private static final int ONE_OCTET = 24;
  private static final int EIGHT_OCTETS = 27;
  private static final int FIRST_LONG_SIMPLE = 32;

  private final byte[] in;
  private final Octets whole;
  private final Lengths lengths;
  private int at;
  private int items;

  CborParser(Octets cbor, Lengths lengths) {
    this.whole = cbor;
    this.in = cbor.toArray();
    this.lengths = lengths;
  }

  CborItem only() throws DecodeException {
    CborItem item = item(0);
    if (at < in.length) {
      throw new DecodeException(Flaw.TRAILING_BYTES, "", "something follows the CBOR item");
    }
    return item;
  }

  private CborItem item(int depth) throws DecodeException {
    if (depth > CborItem.MAX_DEPTH) {
      throw new DecodeException(Flaw.TOO_DEEP, "", "CBOR nested deeper than " + CborItem.MAX_DEPTH);
    }
    if (++items > CborItem.MAX_ITEMS) {
      throw new DecodeException(Flaw.TOO_LONG, "", "CBOR of more than " + CborItem.MAX_ITEMS + " items");
    }
    int start = at;
    int major = peek() >> 5;
    int info = peek() & 0x1f;
    if (info == INDEFINITE) {
      return indefinite(major, start, depth);
    }
    long argument = argument(major, info);
    return switch (major) {
      case UNSIGNED -> new CborItem(Kind.UNSIGNED, argument, "", since(start));
      case NEGATIVE -> new CborItem(Kind.NEGATIVE, argument, "", since(start));
      case OCTETS, TEXT -> string(major, taken(argument), start);
      case ARRAY -> new CborItem(Kind.ARRAY, 0, items(counted(argument, 1), depth), since(start));
      case MAP -> new CborItem(Kind.MAP, 0, items(2 * counted(argument, 2), depth), since(start));
      case TAG -> new CborItem(Kind.TAG, argument, List.of(item(depth + 1)), since(start));
      default -> simple(info, argument, start);
    };
  }

  private CborItem indefinite(int major, int start, int depth) throws DecodeException {
    if (lengths == Lengths.DEFINITE) {
      throw new DecodeException(Flaw.UNEXPECTED, "", "an indefinite length where only definite ones are allowed");
    }
    at++;
    return switch (major) {
      case OCTETS, TEXT -> string(major, chunks(major), start);
      case ARRAY -> new CborItem(Kind.ARRAY, 0, itemsToBreak(depth, 1), since(start));
      case MAP -> new CborItem(Kind.MAP, 0, itemsToBreak(depth, 2), since(start));
      default -> throw malformed();
    };
  }

  private List<CborItem> items(int count, int depth) throws DecodeException {
    List<CborItem> read = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      read.add(item(depth + 1));
    }
    return List.copyOf(read);
  }

  private List<CborItem> itemsToBreak(int depth, int multiple) throws DecodeException {
    List<CborItem> read = new ArrayList<>();
    while (peek() != BREAK) {
      read.add(item(depth + 1));
    }
    at++;
    if (read.size() % multiple != 0) {
      throw malformed();
    }
    return List.copyOf(read);
  }

  private CborItem string(int major, byte[] content, int start) throws DecodeException {
    if (major == OCTETS) {
      return new CborItem(Kind.OCTETS, 0, Octets.of(content), since(start));
    }
    return new CborItem(Kind.TEXT, 0, utf8(content), since(start));
  }

  /** The chunks of a string of indefinite length: each a string of the same type and of definite length. */
  private byte[] chunks(int major) throws DecodeException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (peek() != BREAK) {
      if (++items > CborItem.MAX_ITEMS) {
        throw new DecodeException(Flaw.TOO_LONG, "", "a string of too many chunks");
      }
      int info = peek() & 0x1f;
      if (peek() >> 5 != major || info == INDEFINITE) {
        throw malformed();
      }
      byte[] chunk = taken(argument(major, info));
      if (major == TEXT) {
        utf8(chunk);
      }
      all.writeBytes(chunk);
    }
    at++;
    return all.toByteArray();
  }

  private CborItem simple(int info, long argument, int start) throws DecodeException {
    if (info > ONE_OCTET) {
      return new CborItem(Kind.FLOAT, argument, info, since(start));
    }
    if (info == ONE_OCTET && argument < FIRST_LONG_SIMPLE) {
      throw malformed();
    }
    return new CborItem(Kind.SIMPLE, argument, "", since(start));
  }

  /** Reads a head and what of its argument follows it. */
  private long argument(int major, int info) throws DecodeException {
    at++;
    if (info < ONE_OCTET) {
      return info;
    }
    if (info > EIGHT_OCTETS) {
      throw malformed();
    }
    int octets = 1 << info - ONE_OCTET;
    if (in.length - at < octets) {
      throw truncated();
    }
    long value = 0;
    for (int i = 0; i < octets; i++) {
      value = value << 8 | in[at++] & 0xff;
    }
    if (value < 0 && major == TAG) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "", "a tag beyond 63 bits");
    }
    return value;
  }

  private int counted(long argument, int octetsEach) throws DecodeException {
    if (argument < 0 || argument > (in.length - at) / octetsEach) {
      throw truncated();
    }
    return (int) argument;
  }

  private byte[] taken(long length) throws DecodeException {
    int count = counted(length, 1);
    at += count;
    return Arrays.copyOfRange(in, at - count, at);
  }

  private Octets since(int start) {
    return whole.slice(start, at);
  }

  private int peek() throws DecodeException {
    if (at >= in.length) {
      throw truncated();
    }
    return in[at] & 0xff;
  }

  private static String utf8(byte[] content) throws DecodeException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "", "a text that is not UTF-8", e);
    }
  }

  private static DecodeException truncated() {
    return new DecodeException(Flaw.TRUNCATED, "", "CBOR ends before its end");
  }

  private static DecodeException malformed() {
    return new DecodeException(Flaw.WRONG_TYPE, "", "not well-formed CBOR");
  }
}
