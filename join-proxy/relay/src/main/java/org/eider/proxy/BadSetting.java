package org.eider.proxy;

import java.time.Duration;

/** A value of a setting that has the right type and cannot be used. */
final class BadSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /** The key as it stands in the file, within its section, and what is wrong with the value. */
  BadSetting(String key, String problem) {
    super(problem);
    this.key = key;
  }

  /** The key within its section. */
  String key() {
    return key;
  }

  static void unlessWithin(String key, int value, int least, int greatest) {
    if (value < least || value > greatest) {
      throw new BadSetting(key, "must be from " + least + " to " + greatest + ", not " + value);
    }
  }

  static void unlessWithin(String key, Duration value, Duration least, Duration greatest) {
    if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
      throw new BadSetting(key, "must be from " + least + " to " + greatest + ", not " + value);
    }
  }
}
