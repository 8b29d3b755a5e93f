package org.eider.registrar;

import org.eider.est.Refusal;
import org.eider.est.RefusalKind;

/** Why telemetry is not taken. */
public enum TelemetryReason implements Refusal.Reason {
  /** The client presented no certificate. */
  NO_CLIENT_CERTIFICATE(RefusalKind.UNAUTHENTICATED),
  /** The client's certificate is neither an IDevID of a configured manufacturer nor, where one may report, an LDevID of ours. */
  UNKNOWN_CLIENT(RefusalKind.FORBIDDEN),
  /** No voucher was issued to this device and IDevID: there is nothing to report on. */
  NO_VOUCHER(RefusalKind.FORBIDDEN),
  /** The store cannot record now; it is no fault of the device, and will pass. */
  STORE_BUSY(RefusalKind.OVERLOADED),
  /** Our own fault. */
  INTERNAL(RefusalKind.INTERNAL);

  private final RefusalKind kind;

  TelemetryReason(RefusalKind kind) {
    this.kind = kind;
  }

  /** What is answered when the store failed, or has to be waited for. */
  static Refusal of(StoreException failed) {
    return failed instanceof StoreBusyException
        ? new Refusal(STORE_BUSY, "the registrar cannot record the report now; come again")
        : new Refusal(INTERNAL, "the registrar could not record the report");
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
