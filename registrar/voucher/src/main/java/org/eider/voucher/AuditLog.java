package org.eider.voucher;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A MASA's audit log of one device (RFC 8995 section 5.8.1).
 *
 * @param version 1, or higher from MASAs newer than we are
 * @param events every voucher that was issued, in the MASA's order
 * @param truncation what the MASA has left out
 */
public record AuditLog(long version, List<Event> events, Truncation truncation) {
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 1024 * 1024;

  /**
   * One voucher that was issued.
   *
   * @param date when
   * @param domainId of the certificate that was pinned
   * @param nonce as it stood in the request; empty for a nonceless voucher
   * @param assertion what was asserted; empty when it is none that we know
   * @param truncated how many similar events this one stands for
   */
  public record Event(Instant date, Octets domainId, Optional<String> nonce, Optional<Assertion> assertion, long truncated) {}

  /** How many events were left out, by kind. */
  public record Truncation(long noncedDuplicates, long noncelessDuplicates, long arbitrary) {
    /** Nothing was left out. */
    public static final Truncation NONE = new Truncation(0, 0, 0);
  }

  /** Keeps an unmodifiable copy. */
  public AuditLog {
    events = List.copyOf(events);
  }

  /** Reads a body; numbers may be strings of digits, as the example of RFC 8995 has them, and truncation may be missing. */
  public static AuditLog parse(Octets json) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The JSON body, numbers as numbers. */
  public Octets encode() {
    throw new UnsupportedOperationException();
  }
}
