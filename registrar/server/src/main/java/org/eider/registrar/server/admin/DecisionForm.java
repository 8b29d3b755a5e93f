package org.eider.registrar.server.admin;

import java.time.Duration;
import org.eider.registrar.Decisions;
import org.eider.registrar.DeviceId;

/**
 * What an operator decides about a device, as it stands in JSON. Control characters in texts become question marks.
 *
 * @param manufacturer its manufacturer's name here
 * @param serial its product serial number, 1 to {@value #MAX_SERIAL} characters
 * @param approved whether it is let in
 * @param validSeconds how long the decision counts, as {@link Decisions} allows
 * @param by who decides, as the command tells, 1 to {@value #MAX_BY} characters
 * @param reason for people, up to {@value #MAX_REASON} characters; may be empty
 */
public record DecisionForm(String manufacturer, String serial, boolean approved, long validSeconds, String by, String reason) {
  /** Longest serial number that a decision can be about. */
  public static final int MAX_SERIAL = 255;
  /** Longest reason. */
  public static final int MAX_REASON = 200;
  /** Longest name of an operator. */
  public static final int MAX_BY = 64;
  /** Checks the values; an {@link IllegalArgumentException} says what is wrong. */
  public DecisionForm {
    bounded("a serial number", serial, 1, MAX_SERIAL);
    by = clean(by);
    bounded("the name of who decides", by, 1, MAX_BY);
    reason = clean(reason);
    bounded("a reason", reason, 0, MAX_REASON);
    if (validSeconds < Decisions.SHORTEST.toSeconds() || validSeconds > Decisions.LONGEST.toSeconds()) {
      throw new IllegalArgumentException("a decision counts for 1 minute to " + Decisions.LONGEST.toDays() + " days");
    }
  }

  /** The device. */
  public DeviceId device() {
    return new DeviceId(manufacturer, serial);
  }

  /** How long it counts. */
  Duration valid() {
    return Duration.ofSeconds(validSeconds);
  }

  private static void bounded(String what, String text, int least, int greatest) {
    if (text.length() < least || text.length() > greatest) {
      throw new IllegalArgumentException(what + " has " + least + " to " + greatest + " characters");
    }
  }

  private static String clean(String text) {
    return text.strip().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
  }
}
