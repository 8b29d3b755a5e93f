package org.eider.limits;

import java.net.InetAddress;
import java.util.List;

/**
 * What each source may use, by what it is known as.
 *
 * @param perSource what one may use that nobody has named
 * @param joinProxies addresses of join proxies, each of which stands for the pledges behind it
 * @param perJoinProxy what one of those may use
 * @param trustedSources others that have limits of their own, load generators for instance; these come first where an address is both
 * @param perTrustedSource what one of those may use
 */
public record SourceRules(SourceLimits perSource, List<AddressRange> joinProxies, SourceLimits perJoinProxy, List<AddressRange> trustedSources,
    SourceLimits perTrustedSource) {
  /** No bounds on any single source. */
  public static final SourceRules NONE = new SourceRules(SourceLimits.NONE, List.of(), SourceLimits.NONE, List.of(), SourceLimits.NONE);

  /** What a source is known as; in the order in which they make room for others. */
  public enum Standing {
    /** Nothing. */
    STRANGER,
    /** A join proxy. */
    JOIN_PROXY,
    /** Trusted. */
    TRUSTED
  }

  /** Keeps unmodifiable copies. */
  public SourceRules {
    joinProxies = List.copyOf(joinProxies);
    trustedSources = List.copyOf(trustedSources);
  }

  /** The same with other bounds on those that nobody has named. */
  public SourceRules withPerSource(SourceLimits bounds) {
    return new SourceRules(bounds, joinProxies, perJoinProxy, trustedSources, perTrustedSource);
  }

  /** The same with other join proxies. */
  public SourceRules withJoinProxies(List<AddressRange> ranges, SourceLimits bounds) {
    return new SourceRules(perSource, ranges, bounds, trustedSources, perTrustedSource);
  }

  /** The same with other trusted sources. */
  public SourceRules withTrusted(List<AddressRange> ranges, SourceLimits bounds) {
    return new SourceRules(perSource, joinProxies, perJoinProxy, ranges, bounds);
  }

  Standing standing(InetAddress address) {
    if (trustedSources.stream().anyMatch(range -> range.contains(address))) {
      return Standing.TRUSTED;
    }
    return joinProxies.stream().anyMatch(range -> range.contains(address)) ? Standing.JOIN_PROXY : Standing.STRANGER;
  }

  SourceLimits of(Standing standing) {
    return switch (standing) {
      case STRANGER -> perSource;
      case JOIN_PROXY -> perJoinProxy;
      case TRUSTED -> perTrustedSource;
    };
  }
}
