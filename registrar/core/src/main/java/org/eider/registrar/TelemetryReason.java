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
  /** Our own fault. */
  INTERNAL(RefusalKind.INTERNAL);

  private final RefusalKind kind;

  TelemetryReason(RefusalKind kind) {
    this.kind = kind;
  }

  @Override
  public RefusalKind kind() {
    return kind;
  }
}
