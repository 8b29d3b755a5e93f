package org.eider.registrar;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.wire.CleanText;

/** What a service says about an exchange: notes for the one log line, which the front end writes. */
final class ExchangeLine {
  private static final String RULE = "rule";

  private final Notes notes;

  ExchangeLine(ClientSession session) {
    this(session.notes());
  }

  /** A line that goes wherever these notes go. */
  ExchangeLine(Notes notes) {
    this.notes = notes;
  }

  /** Who it turned out to be from. */
  void device(DeviceId proven) {
    notes.put(Notes.DEVICE, proven.toString());
  }

  /** Which rule decided about the device, as far as is known yet. */
  void rule(Rule rule) {
    notes.put(RULE, rule.name());
  }

  /** What {@link #rule} said last. */
  Optional<Rule> rule() {
    return notes.value(RULE).flatMap(Rule::named);
  }

  /** Adds something of this operation; what came from a peer is cleaned and cut. */
  void note(String key, String value) {
    notes.put(key, value);
  }

  /** Adds a certificate's serial number. */
  void note(String key, BigInteger serial) {
    notes.put(key, hex(serial));
  }

  /** Why it is not decided yet: the name of a constant, and one sentence. */
  void waits(String reason, String detail) {
    notes.put(Notes.REASON, reason);
    notes.put(Notes.DETAIL, detail);
  }

  void end(Outcome<?> outcome) {
    notes.put(Notes.OUTCOME, outcome.fold(granted -> "granted", retryAfter -> "deferred", refusal -> "refused"));
    outcome.fold(granted -> notes, retryAfter -> {
      notes.put("retry-after", retryAfter.toSeconds() + "s");
      return notes;
    }, refusal -> {
      notes.put(Notes.REASON, refusal.reason().name());
      notes.put(Notes.DETAIL, refusal.detail());
      return notes;
    });
  }

  /** Text of a peer, fit to be logged and stored. */
  static String clean(String text) {
    return CleanText.of(text);
  }

  /** A serial number octet by octet, as certificate viewers show it: leading zeros stay. */
  private static String hex(BigInteger serial) {
    byte[] octets = serial.toByteArray();
    int sign = octets.length > 1 && octets[0] == 0 ? 1 : 0;
    return HexFormat.of().formatHex(octets, sign, octets.length);
  }
}
