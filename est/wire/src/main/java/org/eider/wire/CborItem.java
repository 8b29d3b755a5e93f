package org.eider.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.wire.DecodeException.Flaw;

/**
 * One item of CBOR (RFC 8949), taken apart as deep as it goes, with the octets it was made of. Integers, texts and byte strings never
 * pass for each other, neither as values nor as keys of maps; a tag is refused wherever its absence is expected. Two items are equal when
 * they mean the same, however their lengths are written.
 */
public final class CborItem {
  /** What a receiver puts up with, in the way of lengths. */
  public enum Lengths {
    /** Definite and indefinite ones. */
    ANY,
    /** Definite ones only, as deterministic encoding demands (RFC 8949 section 4.2.1). */
    DEFINITE
  }

  enum Kind {
    UNSIGNED, NEGATIVE, OCTETS, TEXT, ARRAY, MAP, TAG, SIMPLE, FLOAT
  }

  /** Most items in one message, containers and keys counted. */
  public static final int MAX_ITEMS = 4096;
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 16;
  /** Most entries of a map that is looked into: keys are compared with each other, and a peer can make all their hashes the same. */
  public static final int MAX_ENTRIES = 256;

  private static final long FALSE = 20;
  private static final long TRUE = 21;
  private static final long NULL = 22;
  private static final Map<Long, String> SIMPLE_NAMES = Map.of(FALSE, "false", TRUE, "true", NULL, "null", 23L, "undefined");

  private final Kind kind;
  /** Value of an integer, number of a tag, number of a simple value, bits of a float; else zero. */
  private final long argument;
  /** {@code Octets}, {@code String}, or what it contains: elements, keys and values in turns, or the tagged item. */
  private final Object content;
  private final Octets encoded;

  CborItem(Kind kind, long argument, Object content, Octets encoded) {
    this.kind = kind;
    this.argument = argument;
    this.content = content;
    this.encoded = encoded;
  }

  /** Reads one item and nothing behind it, with lengths of either kind; see {@link #read(Octets, int, Lengths)}. */
  public static CborItem read(Octets cbor, int limit) throws DecodeException {
    return read(cbor, limit, Lengths.ANY);
  }

  /**
   * Reads one item and nothing behind it: well-formed, texts in valid UTF-8, at most {@link #MAX_DEPTH} deep and of {@link #MAX_ITEMS}
   * items.
   *
   * @param limit greatest size in octets
   */
  public static CborItem read(Octets cbor, int limit, Lengths lengths) throws DecodeException {
    if (cbor.size() > limit) {
      throw new DecodeException(Flaw.TOO_LONG, "", "CBOR longer than " + limit + " octets");
    }
    return new CborParser(cbor, lengths).only();
  }

  /** An integer from -2^63 to 2^63 - 1. */
  public long integer(String path) throws DecodeException {
    if (kind != Kind.UNSIGNED && kind != Kind.NEGATIVE) {
      throw wrong(path, "not an integer");
    }
    if (argument < 0) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "an integer beyond 63 bits");
    }
    return kind == Kind.UNSIGNED ? argument : -1 - argument;
  }

  /** An unsigned integer up to 2^63 - 1. */
  public long unsigned(String path) throws DecodeException {
    if (kind != Kind.UNSIGNED) {
      throw wrong(path, "not an unsigned integer");
    }
    return integer(path);
  }

  /** A byte string. */
  public Octets octets(String path) throws DecodeException {
    if (kind != Kind.OCTETS) {
      throw wrong(path, "not a byte string");
    }
    return (Octets) content;
  }

  /** A text string. */
  public String text(String path) throws DecodeException {
    if (kind != Kind.TEXT) {
      throw wrong(path, "not a text string");
    }
    return (String) content;
  }

  /** True or false. */
  public boolean bool(String path) throws DecodeException {
    if (kind != Kind.SIMPLE || argument != FALSE && argument != TRUE) {
      throw wrong(path, "neither true nor false");
    }
    return argument == TRUE;
  }

  /** The elements of an array. */
  public List<CborItem> array(String path) throws DecodeException {
    if (kind != Kind.ARRAY) {
      throw wrong(path, "not an array");
    }
    return children();
  }

  /** A map of at most {@link #MAX_ENTRIES}; a key that occurs twice is refused. */
  public CborMap map(String path) throws DecodeException {
    if (kind != Kind.MAP) {
      throw wrong(path, "not a map");
    }
    List<CborItem> turns = children();
    if (turns.size() > 2 * MAX_ENTRIES) {
      throw new DecodeException(Flaw.TOO_LONG, path, "a map of more than " + MAX_ENTRIES + " entries");
    }
    Set<CborItem> keys = new HashSet<>();
    for (int i = 0; i < turns.size(); i += 2) {
      if (!keys.add(turns.get(i))) {
        throw new DecodeException(Flaw.DUPLICATE_KEY, path, "a key occurs twice");
      }
    }
    return new CborMap(turns);
  }

  /** The number of its outermost tag. */
  public OptionalLong tag() {
    return kind == Kind.TAG ? OptionalLong.of(argument) : OptionalLong.empty();
  }

  /** What its outermost tag stands before; the item itself when it has none. */
  public CborItem untagged() {
    return kind == Kind.TAG ? children().get(0) : this;
  }

  /** Whether it is an integer of either sign. */
  public boolean isInteger() {
    return kind == Kind.UNSIGNED || kind == Kind.NEGATIVE;
  }

  /** Whether it is a text string. */
  public boolean isText() {
    return kind == Kind.TEXT;
  }

  /** Whether it is a byte string. */
  public boolean isOctets() {
    return kind == Kind.OCTETS;
  }

  /** Whether it is an array. */
  public boolean isArray() {
    return kind == Kind.ARRAY;
  }

  /** Whether it is a map. */
  public boolean isMap() {
    return kind == Kind.MAP;
  }

  /** Whether it is {@code null}. */
  public boolean isNull() {
    return kind == Kind.SIMPLE && argument == NULL;
  }

  /** The item as it arrived, octet for octet. */
  public Octets encoded() {
    return encoded;
  }

  /** Diagnostic notation (RFC 8949 section 8) for people, byte strings in hexadecimal digits and control characters escaped. */
  public String diagnostic() {
    return switch (kind) {
      case UNSIGNED -> Long.toUnsignedString(argument);
      case NEGATIVE -> argument < 0 ? "-1-" + Long.toUnsignedString(argument) : Long.toString(-1 - argument);
      case OCTETS -> "h'" + ((Octets) content).hex() + "'";
      case TEXT -> quoted((String) content);
      case ARRAY -> children().stream().map(CborItem::diagnostic).collect(Collectors.joining(", ", "[", "]"));
      case MAP -> new CborMap(children()).entries().stream().map(entry -> entry.key().diagnostic() + ": " + entry.value().diagnostic())
          .collect(Collectors.joining(", ", "{", "}"));
      case TAG -> argument + "(" + children().get(0).diagnostic() + ")";
      case SIMPLE -> SIMPLE_NAMES.getOrDefault(argument, "simple(" + argument + ")");
      case FLOAT -> "float'" + encoded.slice(1, encoded.size()).hex() + "'";
    };
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof CborItem other && kind == other.kind && argument == other.argument && content.equals(other.content);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, argument, content);
  }

  /** Kind and length, never the content. */
  @Override
  public String toString() {
    return kind + " in " + encoded.size() + " octets";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints().forEach(c -> {
      if (c == '"' || c == '\\') {
        out.append('\\').appendCodePoint(c);
      } else if (Character.isISOControl(c)) {
        out.append(String.format("\\u%04x", c));
      } else {
        out.appendCodePoint(c);
      }
    });
    return out.append('"').toString();
  }

  @SuppressWarnings("unchecked")
  private List<CborItem> children() {
    return (List<CborItem>) content;
  }

  private DecodeException wrong(String path, String what) {
    return new DecodeException(Flaw.WRONG_TYPE, path, kind == Kind.TAG ? what + " but something tagged" : what);
  }
}
