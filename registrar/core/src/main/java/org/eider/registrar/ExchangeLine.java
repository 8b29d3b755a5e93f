package org.eider.registrar;

import java.time.InstantSource;
import java.util.Optional;
import org.eider.est.Outcome;
import org.slf4j.Logger;

/** The one log line of an exchange; what came from the peer is bounded and stripped of control characters. */
final class ExchangeLine {
  private static final int LONGEST_TEXT = 200;

  private final Logger log;
  private final InstantSource clock;
  private final long start;
  private final String operation;
  private final String session;
  private Optional<DeviceId> device = Optional.empty();
  private String note = "";

  ExchangeLine(Logger log, InstantSource clock, String operation, String session) {
    this.log = log;
    this.clock = clock;
    this.start = clock.millis();
    this.operation = operation;
    this.session = session;
  }

  void device(DeviceId proven) {
    device = Optional.of(proven);
  }

  /** Adds words to the line. */
  void note(String text) {
    note = " " + clean(text);
  }

  void end(Outcome<?> outcome) {
    String told = outcome.fold(granted -> "granted", retryAfter -> "deferred retryAfter=" + retryAfter.toSeconds() + "s",
        refusal -> "refused reason=" + refusal.reason().name() + " \"" + clean(refusal.detail()) + "\"");
    log.info("{} session={} device={} outcome={} ms={}{}",
        operation, session, device.map(DeviceId::toString).orElse("-"), told, clock.millis() - start, note);
  }

  /** Text of a peer, fit for one log line. */
  static String clean(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints().limit(LONGEST_TEXT).forEach(c -> kept.appendCodePoint(printable(c) ? c : '?'));
    return kept.toString();
  }

  private static boolean printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> codePoint != '"' && codePoint != '\\';
    };
  }
}
