package org.eider.proxy;

import java.time.Duration;
import org.eider.config.BadSetting;

/**
 * What the stateless mode may take.
 *
 * @param key how long a key of headers is used
 * @param mtu of the path to the registrar; 0 for that of the interface by which it is reached
 * @param perSecond datagrams of one interface, each way
 * @param burst datagrams at once
 * @param pledgePerSecond datagrams of one pledge, each way
 * @param pledgeBurst datagrams of one pledge at once
 * @param silence how long a registrar may leave everything unanswered before another is taken
 * @param closed how long a registrar's host may say that nobody listens before another is taken
 */
public record StatelessConfig(Duration key, int mtu, int perSecond, int burst, int pledgePerSecond, int pledgeBurst, Duration silence,
    Duration closed) {
  private static final int MOST = 100_000_000;
  /** The least that IPv6 needs. */
  static final int LEAST_MTU = 1280;

  /** Checks the values. */
  public StatelessConfig {
    BadSetting.unlessWithin("key", key, Duration.ofMillis(100), Duration.ofDays(7));
    if (mtu != 0) {
      BadSetting.unlessWithin("mtu", mtu, LEAST_MTU, 65_535);
    }
    BadSetting.unlessWithin("per-second", perSecond, 1, MOST);
    BadSetting.unlessWithin("burst", burst, 1, MOST);
    BadSetting.unlessWithin("pledge-per-second", pledgePerSecond, 1, MOST);
    BadSetting.unlessWithin("pledge-burst", pledgeBurst, 1, MOST);
    BadSetting.unlessWithin("silence", silence, Duration.ofMillis(10), Duration.ofHours(1));
    BadSetting.unlessWithin("closed", closed, Duration.ofMillis(10), Duration.ofHours(1));
  }

  /** A key a day, and what brski-discovery says of registrars that do not answer. */
  public static StatelessConfig standard() {
    return new StatelessConfig(Duration.ofHours(24), 0, 2_000, 4_000, 200, 400, Duration.ofSeconds(30), Duration.ofSeconds(10));
  }
}
