package org.eider.registrar;

import java.time.Duration;

/**
 * When a pledge that got 202 is to come back (RFC 8995 section 5.6). It is the same for the same device, so that identical requests get
 * identical answers while nothing changes, and spread over the devices, so that those that came together do not return together.
 */
final class ComeBack {
  /** RFC 8995 section 5.6 lets a pledge wait no longer. */
  private static final int LONGEST = 60;
  private static final int SHORTEST = 45;
  private static final int SOONEST = 2;
  private static final int LATEST_SOON = 4;

  private ComeBack() {}

  /** When there is something to wait for: an operator, or a MASA that has to be asked again; 45 to 60 s. */
  static Duration later(DeviceId device) {
    return spread(device, SHORTEST, LONGEST);
  }

  /** When the exchange goes on at this moment: 2 to 4 s. */
  static Duration soon(DeviceId device) {
    return spread(device, SOONEST, LATEST_SOON);
  }

  private static Duration spread(DeviceId device, int from, int to) {
    return Duration.ofSeconds(from + Math.floorMod(device.toString().hashCode(), to - from + 1));
  }
}
