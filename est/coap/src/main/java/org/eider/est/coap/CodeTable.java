package org.eider.est.coap;

import java.time.Duration;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** From refusal to CoAP: the one table (draft-ietf-anima-constrained-voucher section 6.6, RFC 9148 sections 4.5 and 4.7). */
public final class CodeTable {
  /** What a client is told to wait at most (RFC 8995 section 5.6). */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final Duration SHORT_WAIT = Duration.ofSeconds(10);

  private CodeTable() {}

  /** The response code of a kind. */
  public static CoapCode codeOf(RefusalKind kind) {
    return switch (kind) {
      case MALFORMED -> CoapCode.BAD_REQUEST;
      case UNAUTHENTICATED -> CoapCode.UNAUTHORIZED;
      case FORBIDDEN -> CoapCode.FORBIDDEN;
      case UNKNOWN -> CoapCode.NOT_FOUND;
      case NOT_ACCEPTABLE -> CoapCode.NOT_ACCEPTABLE;
      case UNSUPPORTED_FORMAT -> CoapCode.UNSUPPORTED_CONTENT_FORMAT;
      case INTERNAL -> CoapCode.INTERNAL_SERVER_ERROR;
      case UPSTREAM_FAILED -> CoapCode.BAD_GATEWAY;
      case OVERLOADED -> CoapCode.SERVICE_UNAVAILABLE;
      case UPSTREAM_TIMEOUT -> CoapCode.GATEWAY_TIMEOUT;
    };
  }

  /** The whole answer: code, explanation, Max-Age where it helps. It carries no note: who refuses logs why, once. */
  public static CoapAnswer refuse(Refusal refusal) {
    CoapAnswer answer = CoapAnswer.diagnostic(codeOf(refusal.kind()), refusal.detail());
    return switch (refusal.kind()) {
      case OVERLOADED -> answer.withMaxAge(SHORT_WAIT);
      case MALFORMED, UNAUTHENTICATED, FORBIDDEN, UNKNOWN, NOT_ACCEPTABLE, UNSUPPORTED_FORMAT, INTERNAL, UPSTREAM_FAILED,
          UPSTREAM_TIMEOUT -> answer;
    };
  }

  /** Not decided yet: 5.03 with Max-Age in whole seconds, 1 to 60. */
  public static CoapAnswer deferred(Duration retryAfter) {
    Duration wait = retryAfter.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : Duration.ofSeconds(Math.max(1, retryAfter.toSeconds()));
    return CoapAnswer.empty(CoapCode.SERVICE_UNAVAILABLE).withMaxAge(wait);
  }
}
