package org.eider.voucher;

import static java.util.Objects.requireNonNull;

/**
 * How the members of a voucher or request in YANG-CBOR are named (RFC 9254 section 3). Who answers a request uses its style: a device that
 * knows numbers only is not expected to read names.
 *
 * @param keys numbers or names
 * @param revision which numbers
 */
public record KeyStyle(Keys keys, SidRevision revision) {
  /** What stands for a leaf. */
  public enum Keys {
    /** Numbers: the container's, and the differences to it. */
    SIDS,
    /** The names of YANG. */
    NAMES
  }

  /** Rejects null. */
  public KeyStyle {
    requireNonNull(keys);
    requireNonNull(revision);
  }

  /** Numbers of that revision. */
  public static KeyStyle sids(SidRevision revision) {
    return new KeyStyle(Keys.SIDS, revision);
  }

  /** Names. */
  public static KeyStyle names() {
    return new KeyStyle(Keys.NAMES, SidRevision.newest());
  }
}
