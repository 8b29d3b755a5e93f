package org.eider.voucher;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/** The date-and-time texts of RFC 3339 as YANG and the audit log carry them. */
final class Timestamps {
  private static final int MAX_LENGTH = 64;
  private static final Pattern DATE_TIME = Pattern.compile(
      "(\\d{4}-\\d{2}-\\d{2})[Tt](\\d{2}:\\d{2}):(\\d{2})(?:\\.(\\d+))?(?:[Zz]|([+-])(\\d{2}):(\\d{2}))");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Timestamps() {}

  /**
   * Reads a date-time with any offset and any fraction, of which nanoseconds are kept; a leap second counts as the second before
   * it. A bare date, as early drafts print it, is its first instant in UTC. An offset that leads out of the years that have four digits is
   * refused, since nobody could write that time.
   */
  static Instant parse(String text, String path) throws DecodeException {
    if (text.length() > MAX_LENGTH) {
      throw new DecodeException(Flaw.TOO_LONG, path, "date longer than " + MAX_LENGTH + " characters");
    }
    try {
      if (DATE.matcher(text).matches()) {
        return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
      }
      Matcher parts = DATE_TIME.matcher(text);
      if (!parts.matches()) {
        throw new DecodeException(Flaw.WRONG_TYPE, path, "not a date and time of RFC 3339");
      }
      return writable(dateTime(parts), path);
    } catch (DateTimeException e) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "no such date or time", e);
    }
  }

  private static Instant writable(Instant time, String path) throws DecodeException {
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "a time beyond the years 0000 to 9999");
    }
    return time;
  }

  private static Instant dateTime(Matcher parts) {
    String second = parts.group(3).equals("60") ? "59" : parts.group(3);
    String fraction = parts.group(4) == null ? "0" : parts.group(4).substring(0, Math.min(9, parts.group(4).length()));
    LocalDateTime local = LocalDateTime.parse(parts.group(1) + "T" + parts.group(2) + ":" + second + "." + fraction);
    return local.toInstant(offset(parts));
  }

  private static ZoneOffset offset(Matcher parts) {
    if (parts.group(5) == null) {
      return ZoneOffset.UTC;
    }
    int sign = parts.group(5).equals("-") ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * Integer.parseInt(parts.group(6)), sign * Integer.parseInt(parts.group(7)));
  }
}
