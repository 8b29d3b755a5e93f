package org.eider.est.http;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** From refusal to HTTP: the one table (RFC 8995 sections 5.3 and 5.6, RFC 7030 section 4.2.3). */
public final class StatusTable {
  private StatusTable() {}

  /** The status code of a kind. */
  public static int statusOf(RefusalKind kind) {
    return switch (kind) {
      case MALFORMED -> 400;
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case UNKNOWN -> 404;
      case NOT_ACCEPTABLE -> 406;
      case UNSUPPORTED_FORMAT -> 415;
      case INTERNAL -> 500;
      case UPSTREAM_FAILED -> 502;
      case OVERLOADED -> 503;
      case UPSTREAM_TIMEOUT -> 504;
    };
  }

  /**
   * The whole response: status, explanation, Retry-After where it helps, connection closed after a 401. It carries no note: who refuses
   * logs why, once.
   */
  public static HttpResponse refuse(Refusal refusal) {
    HttpResponse response = HttpResponse.text(statusOf(refusal.kind()), refusal.detail());
    return switch (refusal.kind()) {
      case UNAUTHENTICATED -> response.closing();
      case OVERLOADED -> response.with("retry-after", "10");
      case MALFORMED, FORBIDDEN, UNKNOWN, NOT_ACCEPTABLE, UNSUPPORTED_FORMAT, INTERNAL, UPSTREAM_FAILED, UPSTREAM_TIMEOUT -> response;
    };
  }
}
