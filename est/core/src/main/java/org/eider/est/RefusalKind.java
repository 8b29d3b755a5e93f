package org.eider.est;

/**
 * What a refusal means on the wire. Each transport has one table from kind to status code, without a default branch: a new
 * kind does not compile until every transport answers it.
 */
public enum RefusalKind {
  /** The body or a field of it is malformed: 400. */
  MALFORMED,
  /** The pledge does not see this registrar as its TLS peer, or did not authenticate: 401, and the connection is closed. */
  UNAUTHENTICATED,
  /** Understood and not allowed: 403. */
  FORBIDDEN,
  /** The device, or an optional operation, is not known here: 404. */
  UNKNOWN,
  /** No representation that the peer accepts, or an inventory or audit refusal: 406. */
  NOT_ACCEPTABLE,
  /** The body's media type is not understood: 415. */
  UNSUPPORTED_FORMAT,
  /** A service that we depend on answered with something we must not use: 502. */
  UPSTREAM_FAILED,
  /** A service that we depend on did not answer in time: 504. */
  UPSTREAM_TIMEOUT,
  /** No capacity now, try again: 503. */
  OVERLOADED,
  /** Our own fault; the detail stays in our log: 500. */
  INTERNAL
}
