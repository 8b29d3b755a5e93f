package org.eider.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Reads {@code application/link-format} (RFC 6690 section 2). */
final class Links {
  private static final int MOST_LINKS = 64;
  private static final int MOST_ATTRIBUTES = 32;

  private final String text;
  private int at;

  /**
   * One link.
   *
   * @param target a URI reference, not judged; may be empty
   * @param attributes by name in lower case; without value it is the empty text; of several of one name the first
   */
  record Link(String target, Map<String, String> attributes) {
    Link {
      attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** Whether {@code rt}, a list, has this resource type. */
    boolean isOfType(String type) {
      return List.of(attributes.getOrDefault("rt", "").split(" ")).contains(type);
    }

    /** The UDP port in {@code brski-jp} (constrained-join-proxy section 5.2): decimal, 1 to 65535; empty for anything else. */
    Optional<Integer> joinPort() {
      return port(attributes.getOrDefault("brski-jp", ""));
    }
  }

  private Links(String text) {
    this.text = text;
  }

  /** A decimal number from 1 to 65535, without sign, blanks or more than five digits. */
  static Optional<Integer> port(String digits) {
    return Optional.of(digits).filter(text -> text.matches("[0-9]{1,5}")).map(Integer::valueOf)
        .filter(number -> number >= 1 && number <= 65_535);
  }

  /**
   * Reads the links of a document, which may have none.
   *
   * @throws DecodeException when it is malformed or has more than is reasonable
   */
  static List<Link> parse(Octets document) throws DecodeException {
    try {
      return new Links(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document.toArray())).toString()).links();
    } catch (CharacterCodingException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "links", "not UTF-8", e);
    }
  }

  private List<Link> links() throws DecodeException {
    List<Link> links = new ArrayList<>();
    skipBlanks();
    while (at < text.length()) {
      if (links.size() == MOST_LINKS) {
        throw new DecodeException(Flaw.TOO_LONG, "links", "more than " + MOST_LINKS);
      }
      links.add(link());
      if (at < text.length()) {
        expect(',');
        skipBlanks();
        if (at == text.length()) {
          throw new DecodeException(Flaw.TRUNCATED, "links", "nothing follows the comma");
        }
      }
    }
    return List.copyOf(links);
  }

  private Link link() throws DecodeException {
    expect('<');
    String target = upTo('>');
    skipBlanks();
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int count = 0; at < text.length() && text.charAt(at) == ';'; count++) {
      if (count == MOST_ATTRIBUTES) {
        throw new DecodeException(Flaw.TOO_LONG, "links", "more than " + MOST_ATTRIBUTES + " attributes");
      }
      at++;
      skipBlanks();
      String name = token("*").toLowerCase(Locale.ROOT);
      attributes.putIfAbsent(name, value());
      skipBlanks();
    }
    return new Link(target, attributes);
  }

  private String value() throws DecodeException {
    if (at == text.length() || text.charAt(at) != '=') {
      return "";
    }
    at++;
    return at < text.length() && text.charAt(at) == '"' ? quoted() : token("*()/:<=>?@[]{}");
  }

  private String quoted() throws DecodeException {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return value.toString();
      }
      if (c == '\\') {
        at++;
        if (at == text.length()) {
          break;
        }
      }
      value.append(text.charAt(at));
    }
    throw new DecodeException(Flaw.TRUNCATED, "links", "a quotation does not end");
  }

  /** Letters, digits, the signs that parameter names may have, and {@code further}; at least one. */
  private String token(String further) throws DecodeException {
    int start = at;
    while (at < text.length() && isToken(text.charAt(at), further)) {
      at++;
    }
    if (at == start) {
      throw new DecodeException(Flaw.MISSING, "links", "an attribute without name or value");
    }
    return text.substring(start, at);
  }

  private static boolean isToken(char c, String further) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "!#$%&'+-.^_`|~".indexOf(c) >= 0 || further.indexOf(c) >= 0;
  }

  private String upTo(char end) throws DecodeException {
    int found = text.indexOf(end, at);
    if (found < 0) {
      throw new DecodeException(Flaw.TRUNCATED, "links", "a target does not end");
    }
    String before = text.substring(at, found);
    if (before.chars().anyMatch(c -> c <= ' ' || c == '<' || c == '"')) {
      throw new DecodeException(Flaw.WRONG_TYPE, "links", "a target that is no URI reference");
    }
    at = found + 1;
    return before;
  }

  private void expect(char c) throws DecodeException {
    if (at == text.length() || text.charAt(at) != c) {
      throw new DecodeException(Flaw.WRONG_TYPE, "links", "no '" + c + "' where one has to be");
    }
    at++;
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
      at++;
    }
  }
}
