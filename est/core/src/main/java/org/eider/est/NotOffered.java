package org.eider.est;

/** Why an optional operation is refused by a service that has none. */
enum NotOffered implements Refusal.Reason {
  /** Server-side key generation (RFC 7030 section 4.4). */
  SERVER_KEYGEN_OFF;

  @Override
  public RefusalKind kind() {
    return RefusalKind.UNKNOWN;
  }
}
