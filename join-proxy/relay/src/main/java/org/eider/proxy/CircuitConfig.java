package org.eider.proxy;

import java.time.Duration;
import org.eider.config.BadSetting;
import org.eider.limits.Gate;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;

/**
 * What circuits may take.
 *
 * @param most open at a time
 * @param mostSilent open at a time on which the pledge has not said anything; beyond it the oldest of them has to go
 * @param perSource open at a time, of one link-local address
 * @param perSecond that one source may open in a second
 * @param burst that one source may open at once
 * @param connect how long one registrar may take to accept
 * @param speak how long a pledge may take until it says something
 * @param idle how long nothing may be said
 * @param longest how long a circuit may last
 */
public record CircuitConfig(int most, int mostSilent, int perSource, int perSecond, int burst, Duration connect, Duration speak,
    Duration idle, Duration longest) {
  /** Checks the values. */
  public CircuitConfig {
    BadSetting.unlessWithin("most", most, 1, 1_000_000);
    BadSetting.unlessWithin("most-silent", mostSilent, 1, 1_000_000);
    BadSetting.unlessWithin("per-source", perSource, 1, 1_000_000);
    BadSetting.unlessWithin("per-second", perSecond, 1, 1_000_000);
    BadSetting.unlessWithin("burst", burst, 1, 1_000_000);
    BadSetting.unlessWithin("connect", connect, Duration.ofMillis(10), Duration.ofMinutes(2));
    BadSetting.unlessWithin("speak", speak, Duration.ofMillis(10), Duration.ofHours(1));
    BadSetting.unlessWithin("idle", idle, Duration.ofMillis(10), Duration.ofDays(1));
    BadSetting.unlessWithin("longest", longest, Duration.ofMillis(10), Duration.ofDays(365));
  }

  /** What a cell needs: a registrar may take minutes, since it asks a MASA. */
  public static CircuitConfig standard() {
    return new CircuitConfig(1024, 256, 32, 50, 100, Duration.ofSeconds(3), Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofHours(1));
  }

  Gate.Bounds bounds() {
    SourceLimits source = new SourceLimits(perSource, new Rate(perSecond, burst), Rate.ANY, 100);
    return new Gate.Bounds(most, mostSilent, source, java.util.List.of(), SourceLimits.NONE, 1);
  }
}
