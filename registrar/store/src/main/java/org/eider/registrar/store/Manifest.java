package org.eider.registrar.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.eider.registrar.Journal.Head;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * What a backup says of itself, its part {@code manifest.json}.
 *
 * @param version of the program that made it
 * @param at when it was made
 * @param head how far the journal goes in it
 * @param parts all others, by name
 */
public record Manifest(String version, Instant at, Head head, Map<String, Part> parts) {
  static final String NAME = "manifest.json";
  static final int LONGEST = 64 << 10;
  private static final int FORMAT = 1;

  /**
   * One file.
   *
   * @param size in octets
   * @param sha256 of its content
   */
  public record Part(long size, Octets sha256) {}

  Octets encode() {
    ObjectNode json = StrictJson.newObject();
    json.put("format", FORMAT);
    json.put("version", version);
    json.put("at", at.toString());
    json.put("journal-number", head.number());
    json.put("journal-hash", head.hash().hex());
    ObjectNode all = json.putObject("parts");
    new TreeMap<>(parts).forEach((name, part) -> all.putObject(name).put("size", part.size()).put("sha256", part.sha256().hex()));
    return StrictJson.encode(json);
  }

  static Manifest parse(Octets octets) throws DecodeException {
    ObjectNode json = StrictJson.object(octets, LONGEST);
    if (json.path("format").asInt() != FORMAT) {
      throw new DecodeException(DecodeException.Flaw.UNEXPECTED, "format", "a format that this program does not know");
    }
    Map<String, Part> parts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : json.path("parts").properties()) {
      parts.put(field.getKey(), new Part(number(field.getValue(), "size"), Octets.hex(field.getValue().path("sha256").asText())));
    }
    try {
      return new Manifest(json.path("version").asText(), Instant.parse(json.path("at").asText()),
          new Head(number(json, "journal-number"), Octets.hex(json.path("journal-hash").asText())), Map.copyOf(parts));
    } catch (DateTimeException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "at", "not a time");
    }
  }

  private static long number(JsonNode node, String name) throws DecodeException {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, name, "not a number");
    }
    return value.longValue();
  }
}
