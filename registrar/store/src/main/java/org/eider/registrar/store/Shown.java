package org.eider.registrar.store;

/** Text from the store, which somebody may have changed, fit for a terminal. */
final class Shown {
  private static final int LONGEST = 80;

  private Shown() {}

  static String text(String text) {
    String plain = String.valueOf(text).replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
  }
}
