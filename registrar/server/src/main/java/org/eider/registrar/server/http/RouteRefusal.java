package org.eider.registrar.server.http;

import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.StatusTable;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;

/** What is refused before a service sees it (RFC 8995 section 5.6: 415 and 406). */
enum RouteRefusal implements Refusal.Reason {
  /** No Content-Type, an unreadable one, or one that this operation does not take. */
  WRONG_MEDIA_TYPE(RefusalKind.UNSUPPORTED_FORMAT),
  /** The Accept header excludes everything that we could send. */
  NO_ACCEPTABLE_FORMAT(RefusalKind.NOT_ACCEPTABLE),
  /** Nothing was sent. */
  EMPTY_BODY(RefusalKind.MALFORMED),
  /** The body is no status report. */
  MALFORMED_REPORT(RefusalKind.MALFORMED);

  private final RefusalKind kind;

  RouteRefusal(RefusalKind kind) {
    this.kind = kind;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }

  /** The answer; the reason stands in the log line of the exchange. */
  HttpResponse answer(String detail) {
    return StatusTable.refuse(new Refusal(this, detail)).noted(name(), detail);
  }

  /** The Content-Type; an unreadable one counts as none. */
  static Optional<MediaType> contentType(HttpRequest request) {
    try {
      return request.contentType();
    } catch (DecodeException unreadable) {
      return Optional.empty();
    }
  }
}
