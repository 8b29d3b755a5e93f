package org.eider.proxy;

import java.time.Duration;
import org.eider.config.BadSetting;

/**
 * What the stateful mode may take.
 *
 * @param perInterface flows at a time
 * @param perPledge flows at a time
 * @param expiry after the last datagram, either way
 * @param perSecond datagrams from pledges of one interface
 * @param burst datagrams at once
 * @param silence how long a registrar may leave a pledge unanswered before the next pledge gets another
 */
public record StatefulConfig(int perInterface, int perPledge, Duration expiry, int perSecond, int burst, Duration silence) {
  private static final int MOST = 100_000_000;

  /** Checks the values. */
  public StatefulConfig {
    BadSetting.unlessWithin("per-interface", perInterface, 1, 10_000);
    BadSetting.unlessWithin("per-pledge", perPledge, 1, 10_000);
    BadSetting.unlessWithin("expiry", expiry, Duration.ofMillis(10), Duration.ofHours(1));
    BadSetting.unlessWithin("per-second", perSecond, 1, MOST);
    BadSetting.unlessWithin("burst", burst, 1, MOST);
    BadSetting.unlessWithin("silence", silence, Duration.ofMillis(10), Duration.ofHours(1));
  }

  /** As the draft recommends (section 4.3). */
  public static StatefulConfig standard() {
    return new StatefulConfig(10, 2, Duration.ofSeconds(30), 2_000, 4_000, Duration.ofSeconds(10));
  }
}
