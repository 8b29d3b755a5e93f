package org.eider.registrar.server.coap;

import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapHandler;
import org.eider.est.coap.CoapRequest;
import org.eider.est.coap.CodeTable;
import org.eider.voucher.StatusReport;
import org.eider.wire.ContentFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** {@code POST vs} and {@code POST es} (cBRSKI section 6.5.1): telemetry in CBOR, or in JSON; the answer is an empty 2.04. */
record StatusResource(Receiver receiver) implements CoapHandler {
  /** One method of the telemetry service. */
  @FunctionalInterface
  interface Receiver {
    Outcome<StatusReport> report(ClientSession session, StatusReport report, Octets body);
  }

  @Override
  public CoapAnswer handle(CoapRequest request) {
    boolean cbor = request.is(ContentFormat.CBOR);
    if (!cbor && !request.is(ContentFormat.JSON)) {
      return ResourceRefusal.WRONG_CONTENT_FORMAT.answer("a status report has Content-Format 60 or 50");
    }
    try {
      StatusReport report = cbor ? StatusReport.parseCbor(request.payload()) : StatusReport.parse(request.payload());
      return receiver.report(request.session(), report, request.payload())
          .fold(received -> CoapAnswer.changed(), CodeTable::deferred, CodeTable::refuse);
    } catch (DecodeException e) {
      return ResourceRefusal.MALFORMED_REPORT.answer("not a status report: " + e.getMessage());
    }
  }
}
