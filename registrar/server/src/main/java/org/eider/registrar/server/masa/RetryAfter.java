package org.eider.registrar.server.masa;

import java.time.Duration;
import org.eider.est.http.HttpResponse;

/** The delay that a MASA asks for, kept to what a pledge would wait (RFC 8995 section 5.6: at most 60 s). */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private RetryAfter() {}

  /** Seconds of Retry-After, 1 to 60; without a number, and with a date, 60. */
  static Duration of(HttpResponse answer) {
    return answer.headers().first("retry-after").filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Math.max(1, Math.min(LONGEST.toSeconds(), Long.parseLong(text)))))
        .orElse(LONGEST);
  }
}
