package org.eider.config;

import java.time.Duration;
import java.util.List;

/** A value of a setting that has the right type and cannot be used. */
public final class BadSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /** The key as it stands in the file, within its section, and what is wrong with the value. */
  public BadSetting(String key, String problem) {
    super(problem);
    this.key = key;
  }

  /** The key within its section. */
  public String key() {
    return key;
  }

  /** Throws when the text is blank. */
  public static void unlessText(String key, String value) {
    if (value.isBlank()) {
      throw new BadSetting(key, "must not be empty");
    }
  }

  /** Throws when one of the texts is blank; an unmodifiable copy otherwise. */
  public static List<String> unlessTexts(String key, List<String> values) {
    values.forEach(value -> unlessText(key, value));
    return List.copyOf(values);
  }

  /** Throws when the value is beyond its bounds, which are allowed. */
  public static void unlessWithin(String key, int value, int least, int greatest) {
    if (value < least || value > greatest) {
      throw new BadSetting(key, "must be from " + least + " to " + greatest + ", not " + value);
    }
  }

  /** Throws when the value is beyond its bounds, which are allowed. */
  public static void unlessWithin(String key, Duration value, Duration least, Duration greatest) {
    if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
      String range = "from " + DurationText.of(least) + " to " + DurationText.of(greatest);
      throw new BadSetting(key, "must be " + range + ", not " + DurationText.of(value));
    }
  }
}
