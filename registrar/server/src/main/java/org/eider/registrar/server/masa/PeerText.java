package org.eider.registrar.server.masa;

/** Text of a MASA, made fit for one log line and for being passed on. */
final class PeerText {
  /** Most characters kept. */
  static final int LONGEST = 200;

  private PeerText() {}

  /** Bounded; control, format and unassigned characters become spaces. */
  static String clean(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints().limit(LONGEST).forEach(c -> kept.appendCodePoint(isPrintable(c) ? c : ' '));
    return kept.toString().strip();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
