package org.eider.limits;

import io.github.bucket4j.TimeMeter;
import java.util.function.LongSupplier;

/**
 * The clock of limits.
 *
 * @param nanos nanoseconds that never go back
 */
public record NanoMeter(LongSupplier nanos) implements TimeMeter {
  @Override
  public long currentTimeNanos() {
    return nanos.getAsLong();
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
