package org.eider.registrar;

import org.eider.est.Outcome;
import org.eider.pki.MasaUri;
import org.eider.voucher.VoucherArtifact;
import org.eider.wire.Octets;

/**
 * A way to a MASA. Calls block up to the configured time limits and are safe for many threads. What comes back has travelled over
 * TLS authenticated by the manufacturer's anchors, and is otherwise unchecked.
 */
public interface MasaClient {
  /**
   * Asks for a voucher (RFC 8995 section 5.5).
   *
   * @param masa an address that {@code manufacturer} allows
   * @return the voucher as received, or a refusal with one of the MASA reasons of {@link VoucherReason}
   */
  Outcome<VoucherArtifact> requestVoucher(Manufacturer manufacturer, MasaUri masa, VoucherArtifact registrarRequest);

  /** Asks for the audit log with the same signed request (RFC 8995 section 5.8); the JSON body as received. */
  Outcome<Octets> requestAuditLog(Manufacturer manufacturer, MasaUri masa, VoucherArtifact registrarRequest);
}
