package org.eider.mdns;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How fast one is at the service of others on a link: of each address, and of all together. Not thread-safe. */
public final class LinkPace {
  private static final int MOST_ADDRESSES = 1024;
  private static final double SECOND = 1e9;

  private final LongSupplier nanos;
  private final int perSource;
  private final Bucket all;
  /** The one heard of last stands last. */
  private final Map<InetAddress, Bucket> sources = new LinkedHashMap<>(64, 0.75f, true);

  /** What is left, regained with time. */
  private static final class Bucket {
    private final int perSecond;
    private final int burst;
    private double left;
    private long since;

    Bucket(int perSecond, int burst, long now) {
      this.perSecond = perSecond;
      this.burst = burst;
      this.left = burst;
      this.since = now;
    }

    boolean has(long now) {
      left = Math.min(burst, left + (now - since) / SECOND * perSecond);
      since = now;
      return left >= 1;
    }
  }

  /**
   * A pace.
   *
   * @param perSource for one address, each second; twice as many at once
   * @param total for all, each second; twice as many at once
   */
  public LinkPace(int perSource, int total, LongSupplier nanos) {
    this.nanos = nanos;
    this.perSource = perSource;
    this.all = new Bucket(total, 2 * total, nanos.getAsLong());
  }

  /** Whether there is room to serve this address once more; counts it if so. Of those not heard of for long nothing is remembered. */
  public boolean allows(InetAddress source) {
    long now = nanos.getAsLong();
    Bucket own = sources.computeIfAbsent(source, any -> new Bucket(perSource, 2 * perSource, now));
    if (sources.size() > MOST_ADDRESSES) {
      sources.remove(sources.keySet().iterator().next());
    }
    boolean isAllowed = own.has(now) & all.has(now);
    if (isAllowed) {
      own.left--;
      all.left--;
    }
    return isAllowed;
  }
}
