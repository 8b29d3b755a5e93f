package org.eider.registrar.server.admin;

import java.time.Duration;
import java.time.Instant;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;

/**
 * What an operator decides about a device, as it stands in JSON. Control characters in texts become question marks.
 *
 * @param manufacturer its manufacturer's name here
 * @param serial its product serial number, 1 to {@value #MAX_SERIAL} characters
 * @param approved whether it is let in
 * @param validSeconds how long the decision counts, one minute to ten years
 * @param by who decides, as the command tells, 1 to {@value #MAX_BY} characters
 * @param reason for people, up to {@value #MAX_REASON} characters; may be empty
 */
public record DecisionForm(String manufacturer, String serial, boolean approved, long validSeconds, String by, String reason) {
  /** Longest serial number that a decision can be about. */
  public static final int MAX_SERIAL = 255;
  /** Longest reason. */
  public static final int MAX_REASON = 500;
  /** Longest name of an operator. */
  public static final int MAX_BY = 64;
  /** Shortest time that a decision counts. */
  public static final Duration SHORTEST = Duration.ofMinutes(1);
  /** Longest time that a decision counts. */
  public static final Duration LONGEST = Duration.ofDays(3650);

  /** Checks the values; an {@link IllegalArgumentException} says what is wrong. */
  public DecisionForm {
    bounded("a serial number", serial, 1, MAX_SERIAL);
    by = clean(by);
    bounded("the name of who decides", by, 1, MAX_BY);
    reason = clean(reason);
    bounded("a reason", reason, 0, MAX_REASON);
    if (validSeconds < SHORTEST.toSeconds() || validSeconds > LONGEST.toSeconds()) {
      throw new IllegalArgumentException("a decision counts for one minute to 3650 days");
    }
  }

  /** The device. */
  public DeviceId device() {
    return new DeviceId(manufacturer, serial);
  }

  /** The decision, made at {@code now}. */
  Fact.Decision madeAt(Instant now) {
    return new Fact.Decision(device(), now, approved, now.plusSeconds(validSeconds), by, reason);
  }

  private static void bounded(String what, String text, int least, int greatest) {
    if (text.length() < least || text.length() > greatest) {
      throw new IllegalArgumentException(what + " has " + least + " to " + greatest + " characters");
    }
  }

  private static String clean(String text) {
    return text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }
}
