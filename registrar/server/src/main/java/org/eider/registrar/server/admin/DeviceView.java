package org.eider.registrar.server.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A device on one line.
 *
 * @param manufacturer its manufacturer's name here
 * @param serial its product serial number
 * @param state how far it has come, lower case with dashes
 * @param firstSeen when it was first heard of
 * @param lastSeen when it was last heard of
 * @param ldevid its latest LDevID
 * @param refused why it was refused last, until it is granted what it was refused
 * @param held why it waits for an operator, while it does
 * @param decision what an operator decided last; it may have expired
 */
public record DeviceView(String manufacturer, String serial, String state, Instant firstSeen, Instant lastSeen,
    Optional<CertificateView> ldevid, Optional<String> refused, Optional<Held> held, Optional<Decision> decision) {
  /**
   * Why a device waits.
   *
   * @param since since when
   * @param rule the rule that holds it
   * @param why one sentence
   */
  public record Held(Instant since, String rule, String why) {}

  /**
   * What an operator decided.
   *
   * @param at when
   * @param approved whether the device is let in
   * @param until when the decision ends
   * @param by who decided
   * @param reason may be empty
   */
  public record Decision(Instant at, boolean approved, Instant until, String by, String reason) {}
}
