package org.eider.registrar;

import java.util.List;
import org.eider.est.Outcome;
import org.eider.pki.MasaUri;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.Octets;

/**
 * A way to a MASA. Calls block up to the configured time limits and are safe for many threads. What comes back has travelled over
 * TLS authenticated by the manufacturer's anchors, and is otherwise unchecked.
 */
public interface MasaClient {
  /**
   * What a MASA is asked.
   *
   * @param manufacturer whose MASA it is
   * @param masa an address that {@code manufacturer} allows
   * @param request our signed voucher request
   * @param accepted formats of vouchers that the pledge takes and we relay, at least one, the most wanted first
   * @param session id of the pledge's session, which the MASA is told
   */
  record Request(Manufacturer manufacturer, MasaUri masa, VoucherArtifact request, List<VoucherFormat> accepted, String session) {
    /** Checks that there is a format. */
    public Request {
      accepted = List.copyOf(accepted);
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("a voucher comes in some format");
      }
    }
  }

  /**
   * Asks for a voucher (RFC 8995 section 5.5).
   *
   * @return the voucher as received, in one of the accepted formats; a deferral when the MASA says how long to wait; or a refusal with
   *     one of the MASA reasons of {@link VoucherReason}
   */
  Outcome<VoucherArtifact> requestVoucher(Request request);

  /** Asks for the audit log with the same signed request (RFC 8995 section 5.8); the JSON body as received. */
  Outcome<Octets> requestAuditLog(Request request);
}
