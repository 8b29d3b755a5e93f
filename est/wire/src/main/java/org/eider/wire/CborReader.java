package org.eider.wire;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import org.eider.wire.DecodeException.Flaw;

/**
 * CBOR from a hostile peer (RFC 8949), item by item: the caller says which type it expects next; size, depth and completeness hold
 * before anything is built. Tags are refused where an item is read, and tolerated in items that are skipped. For one thread.
 */
public final class CborReader {
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 16;

  private static final CBORFactory FACTORY = CBORFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(64).maxNameLength(256).build())
      .build();

  private final CBORParser parser;

  private CborReader(CBORParser parser) {
    this.parser = parser;
  }

  /**
   * A reader before the first item.
   *
   * @param limit greatest size in octets
   */
  public static CborReader of(Octets cbor, int limit) throws DecodeException {
    if (cbor.size() > limit) {
      throw new DecodeException(Flaw.TOO_LONG, "", "CBOR longer than " + limit + " octets");
    }
    try {
      return new CborReader(FACTORY.createParser(cbor.toArray()));
    } catch (IOException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "", "not CBOR", e);
    }
  }

  /** Reads the start of an array of definite or indefinite length. */
  public void startArray(String path) throws DecodeException {
    expect(JsonToken.START_ARRAY, path, "not an array");
  }

  /** Reads a byte string. */
  public Octets octets(String path) throws DecodeException {
    expect(JsonToken.VALUE_EMBEDDED_OBJECT, path, "not a byte string");
    try {
      byte[] value = parser.getBinaryValue();
      if (value == null) {
        throw new DecodeException(Flaw.WRONG_TYPE, path, "not a byte string");
      }
      return Octets.of(value);
    } catch (IOException e) {
      throw flawed(e, path);
    }
  }

  /** Skips what is left of the array that is open, whatever it is. */
  public void skipToEndOfArray(String path) throws DecodeException {
    JsonToken token = next(path);
    while (token != JsonToken.END_ARRAY) {
      if (token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT) {
        skipChildren(path);
      }
      token = next(path);
    }
  }

  /** Makes sure that nothing follows. */
  public void end() throws DecodeException {
    try {
      if (parser.nextToken() != null) {
        throw new DecodeException(Flaw.TRAILING_BYTES, "", "something follows the CBOR item");
      }
    } catch (IOException e) {
      throw new DecodeException(Flaw.TRAILING_BYTES, "", "something follows the CBOR item", e);
    }
  }

  private void expect(JsonToken expected, String path, String otherwise) throws DecodeException {
    JsonToken token = next(path);
    if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
      throw new DecodeException(Flaw.MISSING, path, "the array ends before it");
    }
    if (token != expected || !parser.getCurrentTags().isEmpty()) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, otherwise);
    }
  }

  private JsonToken next(String path) throws DecodeException {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new DecodeException(Flaw.TRUNCATED, path, "CBOR ends before it");
      }
      return token;
    } catch (IOException e) {
      throw flawed(e, path);
    }
  }

  private void skipChildren(String path) throws DecodeException {
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw flawed(e, path);
    }
  }

  private static DecodeException flawed(IOException e, String path) {
    if (e instanceof JsonEOFException) {
      return new DecodeException(Flaw.TRUNCATED, path, "CBOR ends inside it", e);
    }
    if (e instanceof StreamConstraintsException) {
      return new DecodeException(Flaw.TOO_DEEP, path, "CBOR exceeds a limit", e);
    }
    return new DecodeException(Flaw.WRONG_TYPE, path, "not well-formed CBOR", e);
  }
}
