package org.eider.proxy;

/**
 * A fixed number of token buckets that sources share, each put into one by a hash that nobody else knows. Nothing is kept of a source:
 * two that share a bucket may slow each other down, and a flood of sources slows down all. Not thread-safe.
 */
final class SharedPaces {
  private static final int COUNT = 4096;

  private final Pace[] paces = new Pace[COUNT];
  private final long secret;

  SharedPaces(int perSecond, int burst, long secret, long now) {
    this.secret = secret | 1;
    for (int at = 0; at < COUNT; at++) {
      paces[at] = new Pace(perSecond, burst, now);
    }
  }

  /** Takes a token of the source's bucket, if there is one. */
  boolean allows(long source, long now) {
    long mixed = (source ^ secret) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 32 ^ secret >>> 7) * secret;
    return paces[(int) (mixed >>> 52)].allows(now);
  }
}
