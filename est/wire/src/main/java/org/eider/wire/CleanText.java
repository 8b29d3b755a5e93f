package org.eider.wire;

/** Text of a peer, made fit for a line of log. */
public final class CleanText {
  /** How many characters (code points) are kept. */
  public static final int LONGEST = 200;

  private CleanText() {}

  /** At most {@value #LONGEST} characters of it, each of them visible, none that quotes or escapes. */
  public static String of(String text) {
    if (isClean(text)) {
      return text;
    }
    boolean whole = text.codePointCount(0, text.length()) <= LONGEST;
    StringBuilder kept = new StringBuilder(Math.min(text.length(), LONGEST));
    text.codePoints().limit(whole ? LONGEST : LONGEST - 1).forEach(c -> kept.appendCodePoint(isPrintable(c) ? c : '?'));
    return whole ? kept.toString() : kept.append('…').toString();
  }

  /** Whether it is short and of nothing but ASCII characters that stay: almost every value is. */
  private static boolean isClean(String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> codePoint != '"' && codePoint != '\\';
    };
  }
}
