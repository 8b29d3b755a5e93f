package org.eider.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** On which line of the file each key stands. */
final class KeyLines {
  private final Map<String, Integer> lines = new HashMap<>();

  private KeyLines() {}

  /** Reads the whole document; paths are keys joined by dots, without the indexes of lists. */
  static KeyLines read(JsonParser parser) throws IOException {
    KeyLines keys = new KeyLines();
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.FIELD_NAME) {
        keys.lines.putIfAbsent(pathOf(parser), parser.currentTokenLocation().getLineNr());
      }
    }
    return keys;
  }

  /** The line of a key, or of the closest section above it that stands in the file; 1 when there is none. */
  int of(String path) {
    for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('.')))) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
    }
    return 1;
  }

  private static String pathOf(JsonParser parser) {
    return parser.getParsingContext().pathAsPointer().toString().substring(1).replaceAll("(^|/)[0-9]+(?=/|$)", "").replace('/', '.');
  }
}
