package org.eider.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.eider.wire.DecodeException.Flaw;

/**
 * JSON from a hostile peer: one object in valid UTF-8 without byte order mark, no duplicate members, nothing behind it, and
 * bounds on size, depth, numbers and names that hold before anything is built.
 */
public final class StrictJson {
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 16;
  private static final int MAX_NUMBER_LENGTH = 32;
  private static final int MAX_NAME_LENGTH = 256;

  private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(MAX_DEPTH)
              .maxNumberLength(MAX_NUMBER_LENGTH)
              .maxNameLength(MAX_NAME_LENGTH)
              .build())
          .build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
      .build();

  private StrictJson() {}

  /**
   * Reads one JSON object.
   *
   * @param limit greatest size in octets
   */
  public static ObjectNode object(Octets json, int limit) throws DecodeException {
    if (json.size() > limit) {
      throw new DecodeException(Flaw.TOO_LONG, "", "JSON longer than " + limit + " octets");
    }
    String text = text(json);
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new DecodeException(Flaw.WRONG_TYPE, "", "not a JSON object");
    } catch (StreamConstraintsException e) {
      throw new DecodeException(e.getMessage().contains("depth") ? Flaw.TOO_DEEP : Flaw.TOO_LONG, "", "JSON exceeds a limit", e);
    } catch (JsonParseException e) {
      throw new DecodeException(flawOf(e), "", "not well-formed JSON", e);
    } catch (MismatchedInputException e) {
      throw new DecodeException(Flaw.TRAILING_BYTES, "", "something follows the JSON object", e);
    } catch (JsonProcessingException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "", "not well-formed JSON", e);
    }
  }

  /** An empty object to fill. */
  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /** The compact UTF-8 encoding of {@code node}. */
  public static Octets encode(JsonNode node) {
    try {
      return Octets.of(MAPPER.writeValueAsBytes(node));
    } catch (IOException e) {
      throw new IllegalStateException("a JSON tree in memory always encodes", e);
    }
  }

  private static String text(Octets json) throws DecodeException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json.toArray())).toString();
      if (text.startsWith("\uFEFF")) {
        throw new DecodeException(Flaw.UNEXPECTED, "", "JSON begins with a byte order mark (RFC 8259 section 8.1)");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "", "not UTF-8", e);
    }
  }

  private static Flaw flawOf(JsonParseException e) {
    String said = String.valueOf(e.getOriginalMessage());
    if (said.startsWith("Duplicate field")) {
      return Flaw.DUPLICATE_KEY;
    }
    return said.startsWith("Unexpected end-of-input") ? Flaw.TRUNCATED : Flaw.WRONG_TYPE;
  }
}
