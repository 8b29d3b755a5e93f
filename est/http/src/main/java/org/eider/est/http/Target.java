package org.eider.est.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/**
 * Where a request goes (RFC 9112 section 3.2): origin-form, or absolute-form whose authority is ignored. Decoded exactly once and
 * never normalised: dot segments are refused, and an encoded slash stays part of its segment.
 *
 * @param path percent-decoded
 * @param literal how many characters of the path come before the first slash that was percent-encoded
 * @param query what stands behind the question mark, undecoded
 */
record Target(String path, int literal, Optional<String> query) {
  static Target parse(String text) throws DecodeException {
    String origin = withoutAuthority(text);
    int mark = origin.indexOf('?');
    String raw = mark < 0 ? origin : origin.substring(0, mark);
    if (!raw.startsWith("/") || origin.indexOf('#') >= 0) {
      throw new DecodeException(Flaw.WRONG_TYPE, "request target", "not an absolute path");
    }
    int encodedSlash = raw.toLowerCase(Locale.ROOT).indexOf("%2f");
    String path = decode(raw);
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw new DecodeException(Flaw.UNEXPECTED, "request target", "dot segment");
      }
    }
    int literal = encodedSlash < 0 ? path.length() : decode(raw.substring(0, encodedSlash)).length();
    return new Target(path, literal, mark < 0 ? Optional.empty() : Optional.of(origin.substring(mark + 1)));
  }

  /** Whether a slash of the path was percent-encoded; such a path is none that a whole route names. */
  boolean hidesSlash() {
    return literal < path.length();
  }

  private static String withoutAuthority(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int start = lower.startsWith("https://") ? 8 : lower.startsWith("http://") ? 7 : 0;
    if (start == 0) {
      return text;
    }
    int end = start;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String rest = text.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static String decode(String raw) throws DecodeException {
    byte[] octets = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        throw new DecodeException(Flaw.WRONG_TYPE, "request target", "character that must be percent-encoded");
      }
      int value = c;
      if (c == '%') {
        value = i + 2 < raw.length() ? hex(raw.charAt(i + 1)) * 16 + hex(raw.charAt(i + 2)) : -1;
        i += 2;
      }
      if (value < ' ' || value == 0x7f) {
        throw new DecodeException(Flaw.WRONG_TYPE, "request target", "malformed escape or control character");
      }
      octets[length++] = (byte) value;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "request target", "not UTF-8");
    }
  }

  /** The digit's value; far below zero for anything else, so that no sum with it is positive. */
  private static int hex(char c) {
    int digit = c < 0x80 ? Character.digit(c, 16) : -1;
    return digit < 0 ? -1000 : digit;
  }
}
