package org.eider.voucher;

import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * What a pledge reports of a voucher or an enrolment (RFC 8995 sections 5.7 and 5.9.4); both bodies have this form.
 *
 * @param version 1, or higher from pledges newer than we are
 * @param status whether it went well
 * @param reason why not, for people; at most 1,024 characters kept
 * @param reasonContext JSON object of further hints, as received; at most 4 KiB
 */
public record StatusReport(long version, boolean status, Optional<String> reason, Optional<Octets> reasonContext) {
  /** The version that we emit and fully understand. */
  public static final int CURRENT_VERSION = 1;
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 16 * 1024;

  /** All is well. */
  public static StatusReport success() {
    return new StatusReport(CURRENT_VERSION, true, Optional.empty(), Optional.empty());
  }

  /** It failed. */
  public static StatusReport failure(String reason) {
    return new StatusReport(CURRENT_VERSION, false, Optional.of(reason), Optional.empty());
  }

  /** Reads a body. Member names are lower case; {@code version} and {@code status} are mandatory, unknown members are ignored. */
  public static StatusReport parse(Octets json) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The JSON body. */
  public Octets encode() {
    throw new UnsupportedOperationException();
  }
}
