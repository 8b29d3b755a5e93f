package org.eider.voucher;

/** The types that leaves have, and so how each encoding writes and reads them. */
enum LeafType {
  /** A {@code String} of printable characters. */
  TEXT,
  /** An {@code Instant}. */
  DATE,
  /** A {@code Boolean}. */
  BOOLEAN,
  /** {@code Octets}; standard base64 in JSON. */
  BINARY,
  /** {@code Octets} that published artefacts carry in either base64 alphabet. */
  LENIENT_BINARY,
  /** A {@code Nonce}, which keeps its text. */
  NONCE,
  /** An {@code Assertion}. */
  ASSERTION,
  /** A {@code java.net.URI}. */
  URI
}
