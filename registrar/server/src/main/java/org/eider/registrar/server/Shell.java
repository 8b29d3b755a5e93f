package org.eider.registrar.server;

/** Words for a command that people copy from our output into a shell: a serial number may be made of anything. */
final class Shell {
  private Shell() {}

  /** The word as the shell takes it for one, and for nothing else; control characters become question marks. */
  static String word(String text) {
    String clean = TextTable.clean(text);
    return clean.matches("[A-Za-z0-9/._:@%+,=-]+") ? clean : "'" + clean.replace("'", "'\\''") + "'";
  }
}
