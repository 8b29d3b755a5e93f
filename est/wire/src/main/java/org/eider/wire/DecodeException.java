package org.eider.wire;

/**
 * What arrived is not what it claims to be.
 *
 * <p>Tells the kind of flaw and where it stands; never carries the octets themselves, so the message may be logged and sent
 * to the peer.
 */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The kinds of malformation that our readers tell apart. */
  public enum Flaw {
    /** The octets end before the structure does. */
    TRUNCATED,
    /** Something follows the structure. */
    TRAILING_BYTES,
    /** A member or key occurs twice. */
    DUPLICATE_KEY,
    /** A value is of another type, alphabet or syntax than its place demands. */
    WRONG_TYPE,
    /** A value has the right type and lies outside what is allowed. */
    OUT_OF_RANGE,
    /** Something mandatory is absent. */
    MISSING,
    /** A member or element that this place does not allow. */
    UNEXPECTED,
    /** Nested deeper than the reader's limit. */
    TOO_DEEP,
    /** Longer than the reader's limit. */
    TOO_LONG
  }

  private final Flaw flaw;
  private final String path;

  /**
   * A flaw at a place.
   *
   * @param path where, for instance {@code ietf-voucher:voucher/nonce}
   * @param message what is wrong, fit for the peer
   */
  public DecodeException(Flaw flaw, String path, String message) {
    super(path.isEmpty() ? message : path + ": " + message);
    this.flaw = flaw;
    this.path = path;
  }

  /** As {@link #DecodeException(Flaw, String, String)}, with what a library said as the cause. */
  public DecodeException(Flaw flaw, String path, String message, Throwable cause) {
    this(flaw, path, message);
    initCause(cause);
  }

  /** The kind of flaw. */
  public Flaw flaw() {
    return flaw;
  }

  /** Where it stands; empty for the whole. */
  public String path() {
    return path;
  }
}
