package org.eider.registrar.server.http;

import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.est.http.StatusTable;
import org.eider.voucher.StatusReport;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** The two telemetry operations of a pledge (RFC 8995 sections 5.7 and 5.9.4); the answer to what could be read is an empty 200. */
record StatusRoute(Receiver receiver) implements HttpHandler {
  /** One method of the telemetry service. */
  @FunctionalInterface
  interface Receiver {
    Outcome<StatusReport> report(ClientSession session, StatusReport report, Octets body);
  }

  @Override
  public HttpResponse handle(HttpRequest request) {
    Optional<MediaType> type = RouteRefusal.contentType(request);
    boolean cbor = type.filter(MediaType.CBOR::is).isPresent();
    if (!cbor && type.filter(MediaType.JSON::is).isEmpty()) {
      return RouteRefusal.WRONG_MEDIA_TYPE.answer("a status report has Content-Type " + MediaType.JSON + " or " + MediaType.CBOR);
    }
    try {
      StatusReport report = cbor ? StatusReport.parseCbor(request.body()) : StatusReport.parse(request.body());
      return receiver.report(request.session(), report, request.body())
          .fold(received -> HttpResponse.empty(200), HttpResponse::retryAfter, StatusTable::refuse);
    } catch (DecodeException e) {
      return RouteRefusal.MALFORMED_REPORT.answer("not a status report: " + e.getMessage());
    }
  }
}
