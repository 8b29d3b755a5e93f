package org.eider.registrar;

import java.math.BigInteger;
import java.util.HexFormat;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;

/** What a service says about an exchange: notes for the one log line, which the front end writes. */
final class ExchangeLine {
  private final Notes notes;

  ExchangeLine(ClientSession session) {
    this.notes = session.notes();
  }

  /** Who it turned out to be from. */
  void device(DeviceId proven) {
    notes.put(Notes.DEVICE, proven.toString());
  }

  /** Adds something of this operation; what came from a peer is cleaned and cut. */
  void note(String key, String value) {
    notes.put(key, value);
  }

  /** Adds a certificate's serial number. */
  void note(String key, BigInteger serial) {
    notes.put(key, hex(serial));
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
    return Notes.clean(text);
  }

  /** A serial number octet by octet, as certificate viewers show it: leading zeros stay. */
  private static String hex(BigInteger serial) {
    byte[] octets = serial.toByteArray();
    int sign = octets.length > 1 && octets[0] == 0 ? 1 : 0;
    return HexFormat.of().formatHex(octets, sign, octets.length);
  }
}
