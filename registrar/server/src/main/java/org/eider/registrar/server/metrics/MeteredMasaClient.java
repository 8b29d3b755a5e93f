package org.eider.registrar.server.metrics;

import org.eider.est.Outcome;
import org.eider.registrar.MasaClient;
import org.eider.voucher.VoucherArtifact;
import org.eider.wire.Octets;

/**
 * Measures the calls of another client, by manufacturer and outcome.
 *
 * @param next makes the calls
 * @param metrics where they are counted
 */
public record MeteredMasaClient(MasaClient next, RegistrarMetrics metrics) implements MasaClient {
  @Override
  public Outcome<VoucherArtifact> requestVoucher(Request request) {
    long begun = System.nanoTime();
    return measured(request, "requestvoucher", begun, next.requestVoucher(request));
  }

  @Override
  public Outcome<Octets> requestAuditLog(Request request) {
    long begun = System.nanoTime();
    return measured(request, "requestauditlog", begun, next.requestAuditLog(request));
  }

  private <T> Outcome<T> measured(Request request, String operation, long begun, Outcome<T> outcome) {
    String told = outcome.fold(granted -> "GRANTED", retryAfter -> "DEFERRED", refusal -> refusal.reason().name());
    metrics.masaCall(request.manufacturer().name(), operation, told, System.nanoTime() - begun);
    return outcome;
  }
}
