package org.eider.registrar.server.coap;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CodeTable;

/** What is refused before a service sees it. */
enum ResourceRefusal implements Refusal.Reason {
  /** No Content-Format, or one that this operation does not take. */
  WRONG_CONTENT_FORMAT(RefusalKind.UNSUPPORTED_FORMAT),
  /** The Accept option excludes everything that we could send. */
  NO_ACCEPTABLE_FORMAT(RefusalKind.NOT_ACCEPTABLE),
  /** Nothing was sent. */
  EMPTY_BODY(RefusalKind.MALFORMED),
  /** The body is no status report. */
  MALFORMED_REPORT(RefusalKind.MALFORMED);

  private final RefusalKind kind;

  ResourceRefusal(RefusalKind kind) {
    this.kind = kind;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }

  /** The answer; the reason stands in the log line of the exchange. */
  CoapAnswer answer(String detail) {
    return CodeTable.refuse(new Refusal(this, detail)).noted(name(), detail);
  }
}
