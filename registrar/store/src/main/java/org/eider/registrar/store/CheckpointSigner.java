package org.eider.registrar.store;

import org.eider.wire.Octets;

/** Signs checkpoints, and verifies what it has signed. Whoever opens the store has the key; the store has not. Safe for many threads. */
public interface CheckpointSigner {
  /** SHA-256 of the public key, in lower-case hexadecimal. */
  String keyId();

  /** A signature over {@code message}. */
  Octets sign(Octets message);

  /** Whether {@code signature} is one of this key over {@code message}. */
  boolean verifies(Octets message, Octets signature);
}
