package org.eider.registrar;

import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;

/** Takes the telemetry of pledges (RFC 8995 sections 5.7 and 5.9.4). */
public interface TelemetryService {
  /** Records a report on a voucher; the client is the pledge with its IDevID. */
  Outcome<StatusReport> voucherStatus(ClientSession session, StatusReport report, Octets body);

  /** Records a report on an enrolment; the client uses its IDevID or, as it should after success, its new LDevID. */
  Outcome<StatusReport> enrolStatus(ClientSession session, StatusReport report, Octets body);
}
