package org.eider.registrar.server.coap;

import java.util.List;
import org.eider.est.coap.CoapHandler;
import org.eider.est.coap.CoapRoutes;
import org.eider.registrar.TelemetryService;
import org.eider.registrar.VoucherService;
import org.eider.voucher.StatusReport;
import org.eider.wire.ContentFormat;

/**
 * The operations of a registrar over CoAPS: below {@code /.well-known/brski} and, the same, below the short root {@code /b} that
 * discovery tells of; each by its short name and by the long one of HTTPS; and by their values of Uri-Path-Abbrev.
 */
public final class BrskiResources {
  /** Greatest voucher request that is read, in octets. */
  public static final int MAX_REQUEST = 64 * 1024;

  private static final String WELL_KNOWN = "/.well-known/brski";
  private static final String SHORT = "/b";

  private BrskiResources() {}

  /** Adds the three operations. */
  public static CoapRoutes.Builder addTo(CoapRoutes.Builder routes, VoucherService vouchers, TelemetryService telemetry) {
    add(routes, List.of("rv", "requestvoucher"), MAX_REQUEST, new VoucherResource(vouchers));
    add(routes, List.of("vs", "voucher_status"), StatusReport.MAX_SIZE, new StatusResource(telemetry::voucherStatus));
    add(routes, List.of("es", "enrollstatus"), StatusReport.MAX_SIZE, new StatusResource(telemetry::enrolStatus));
    return routes
        .link(SHORT, "brski")
        .link(SHORT + "/rv", "brski.rv", ContentFormat.VOUCHER_COSE)
        .link(SHORT + "/vs", "brski.vs", ContentFormat.JSON, ContentFormat.CBOR)
        .link(SHORT + "/es", "brski.es", ContentFormat.JSON, ContentFormat.CBOR)
        .abbreviated(401, WELL_KNOWN + "/es")
        .abbreviated(402, WELL_KNOWN + "/rv")
        .abbreviated(403, WELL_KNOWN + "/vs");
  }

  private static void add(CoapRoutes.Builder routes, List<String> names, int maxBody, CoapHandler handler) {
    for (String root : List.of(WELL_KNOWN, SHORT)) {
      names.forEach(name -> routes.on("POST", root + "/" + name, maxBody, handler));
    }
  }
}
