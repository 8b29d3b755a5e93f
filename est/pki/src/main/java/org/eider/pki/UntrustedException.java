package org.eider.pki;

/** Something well-formed that must not be trusted: a signature, a chain, a name or an algorithm. */
public final class UntrustedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Fault {
    /** No signer where exactly one is demanded. */
    NO_SIGNER,
    /** More than one signer where exactly one is demanded. */
    SEVERAL_SIGNERS,
    /** The signer's certificate is neither in the message nor known otherwise. */
    SIGNER_UNKNOWN,
    /** Sound, but signed by somebody else than who had to. */
    WRONG_SIGNER,
    /** The signature does not verify, or signed attributes contradict the content. */
    BAD_SIGNATURE,
    /** The signature carries no signed attributes (RFC 8366bis section 7.1 demands them). */
    NO_SIGNED_ATTRIBUTES,
    /** A digest, signature algorithm or key that is too weak or not supported. */
    WEAK_ALGORITHM,
    /** No path from the certificate to an anchor. */
    NO_PATH,
    /** A certificate of the path is expired or not yet valid. */
    NOT_IN_VALIDITY,
    /** A certificate of the path may not be used this way. */
    WRONG_USAGE,
    /** The certificate does not name the host that was asked for (RFC 9525). */
    WRONG_NAME
  }

  private final Fault fault;

  /** A fault, with a message that may be sent to the peer. */
  public UntrustedException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** A fault, with what a library said as the cause. */
  public UntrustedException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /** Why not. */
  public Fault fault() {
    return fault;
  }
}
