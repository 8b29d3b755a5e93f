package org.eider.registrar.server.http;

import org.eider.est.http.Routes;
import org.eider.registrar.TelemetryService;
import org.eider.registrar.VoucherService;
import org.eider.voucher.StatusReport;

/** The operations of a registrar below {@code /.well-known/brski}. */
public final class BrskiRoutes {
  /** Greatest voucher request that is read, in octets. */
  public static final int MAX_REQUEST = 64 * 1024;

  private BrskiRoutes() {}

  /** Adds the three operations. */
  public static Routes.Builder addTo(Routes.Builder routes, VoucherService vouchers, TelemetryService telemetry) {
    return routes
        .on("POST", "/.well-known/brski/requestvoucher", MAX_REQUEST, new VoucherRoute(vouchers))
        .on("POST", "/.well-known/brski/voucher_status", StatusReport.MAX_SIZE, new StatusRoute(telemetry::voucherStatus))
        .on("POST", "/.well-known/brski/enrollstatus", StatusReport.MAX_SIZE, new StatusRoute(telemetry::enrolStatus));
  }
}
