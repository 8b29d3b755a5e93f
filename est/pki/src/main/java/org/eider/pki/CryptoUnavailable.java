package org.eider.pki;

/** The cryptography that was asked for is not to be had in this process. */
public final class CryptoUnavailable extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  CryptoUnavailable(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  CryptoUnavailable(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** What can be done about it. */
  public String hint() {
    return hint;
  }
}
