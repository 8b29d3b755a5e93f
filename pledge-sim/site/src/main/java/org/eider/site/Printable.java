package org.eider.site;

/** What a peer wrote, made fit for a terminal. */
final class Printable {
  private static final int MAX = 200;

  private Printable() {}

  /** The text without control characters, cut to a line's worth. */
  static String of(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints().limit(MAX).forEach(c -> kept.appendCodePoint(Character.isISOControl(c) || isFormat(c) ? '?' : c));
    return text.codePointCount(0, text.length()) > MAX ? kept.append("… (").append(text.length()).append(" characters)").toString()
        : kept.toString();
  }

  /** Characters that a terminal obeys without showing them, such as those that turn the direction of text. */
  private static boolean isFormat(int codePoint) {
    return Character.getType(codePoint) == Character.FORMAT || Character.getType(codePoint) == Character.LINE_SEPARATOR;
  }
}
