package org.eider.registrar.server.config;

import java.time.Duration;
import org.eider.config.BadSetting;
import org.eider.registrar.MasaDeskLimits;

/**
 * Voucher requests.
 *
 * @param identicalRetry how long the very same request of the same device gets the very same voucher again, without asking the MASA
 * @param masaWait how long a request waits for its MASA before the pledge is told to come back
 * @param patience how long a pledge is told to come back while its MASA is not to be had, or has not decided
 * @param absence after how long without coming back its request is forgotten
 * @param pending requests whose MASAs have not decided, in all; a manufacturer has a quarter
 */
public record VoucherSettings(Duration identicalRetry, Duration masaWait, Duration patience, Duration absence, int pending) {
  /** Checks the values. */
  public VoucherSettings {
    BadSetting.unlessWithin("identical-retry", identicalRetry, Duration.ZERO, Duration.ofDays(4));
    BadSetting.unlessWithin("masa-wait", masaWait, Duration.ZERO, Duration.ofMinutes(1));
    BadSetting.unlessWithin("patience", patience, Duration.ZERO, Duration.ofDays(30));
    BadSetting.unlessWithin("absence", absence, Duration.ofMinutes(2), Duration.ofDays(1));
    BadSetting.unlessWithin("pending", pending, 4, 100_000);
  }

  static VoucherSettings standard() {
    MasaDeskLimits desk = MasaDeskLimits.standard();
    return new VoucherSettings(desk.identicalRetry(), desk.waiting(), desk.patience(), desk.absence(), desk.pending());
  }
}
