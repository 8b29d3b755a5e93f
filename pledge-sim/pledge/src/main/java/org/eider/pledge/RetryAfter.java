package org.eider.pledge;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The Retry-After header (RFC 9110 section 10.2.3): seconds or a date. */
final class RetryAfter {
  /** When the header is absent or says nothing that can be read. */
  static final Duration DEFAULT = Duration.ofSeconds(30);
  private static final int MOST_DIGITS = 9;

  private RetryAfter() {}

  /** The delay from {@code now}; not negative, not capped. */
  static Duration parse(Optional<String> header, Instant now) {
    String text = header.map(String::strip).orElse("");
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text.length() > MOST_DIGITS ? Duration.ofDays(365) : Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Duration until = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
      return until.isNegative() ? Duration.ZERO : until;
    } catch (DateTimeException notADate) {
      return DEFAULT;
    }
  }
}
