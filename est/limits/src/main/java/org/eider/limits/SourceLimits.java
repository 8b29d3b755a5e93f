package org.eider.limits;

/**
 * What one source may use: an IPv4 address, or an IPv6 network of 64 bits. A join proxy is one source, with all pledges behind it.
 *
 * @param connections open at a time
 * @param handshakes TLS handshakes begun
 * @param requests requests begun
 * @param share percent of workers and queue together that its requests may hold
 */
public record SourceLimits(int connections, Rate handshakes, Rate requests, int share) {
  /** No bound but those of the server as a whole. */
  public static final SourceLimits NONE = new SourceLimits(Integer.MAX_VALUE, Rate.ANY, Rate.ANY, 100);

  /**
   * A token bucket.
   *
   * @param perSecond what it regains
   * @param burst what it holds
   */
  public record Rate(int perSecond, int burst) {
    /** As fast as one can. */
    public static final Rate ANY = new Rate(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** Checks the values. */
    public Rate {
      if (perSecond < 1 || burst < 1) {
        throw new IllegalArgumentException("a rate is at least 1 a second, with a burst of at least 1");
      }
    }

    /** Whether it bounds nothing. */
    public boolean isAny() {
      return perSecond == Integer.MAX_VALUE;
    }
  }

  /** Checks the values. */
  public SourceLimits {
    if (connections < 1 || share < 1 || share > 100) {
      throw new IllegalArgumentException("a source may have at least one connection, and 1 to 100 percent");
    }
  }
}
