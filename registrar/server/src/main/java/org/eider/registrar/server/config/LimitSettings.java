package org.eider.registrar.server.config;

import java.time.Duration;
import java.util.List;
import org.eider.config.BadSetting;
import org.eider.est.http.ServerConfig;
import org.eider.limits.AddressRange;
import org.eider.limits.SourceRules;

/**
 * Bounds on what peers may use.
 *
 * @param workers threads that answer requests
 * @param queue requests that wait for one; beyond it the answer is 503
 * @param connections open connections; beyond it one that idles makes room
 * @param handshakes connections in their TLS handshake; beyond it the one that takes longest makes room
 * @param header octets of request line and headers
 * @param handshake time for the TLS handshake
 * @param request time from a request's first octet to its last
 * @param idle time that a connection may stay without a request
 * @param drain time for what is in flight when the registrar stops
 * @param perSource what one source may use
 * @param joinProxies addresses and small networks of join proxies, each of which stands for many pledges
 * @param perJoinProxy what one of those may use
 * @param trustedSources addresses and networks of load generators and the like
 * @param perTrustedSource what one of those may use
 */
public record LimitSettings(int workers, int queue, int connections, int handshakes, int header,
    Duration handshake, Duration request, Duration idle, Duration drain, SourceSettings perSource, List<String> joinProxies,
    SourceSettings perJoinProxy, List<String> trustedSources, SourceSettings perTrustedSource) {
  /** Each address of a join proxy has an account of its own, so nobody can be given more of them than these bits are good for. */
  private static final int MOST_FREE_BITS = 8;

  /** Checks the values. */
  public LimitSettings {
    BadSetting.unlessWithin("workers", workers, 1, 1024);
    BadSetting.unlessWithin("queue", queue, 1, 100_000);
    BadSetting.unlessWithin("connections", connections, 1, 1_000_000);
    BadSetting.unlessWithin("handshakes", handshakes, 1, 1_000_000);
    BadSetting.unlessWithin("header", header, 1024, 256 * 1024);
    BadSetting.unlessWithin("handshake", handshake, Duration.ofSeconds(1), Duration.ofMinutes(5));
    BadSetting.unlessWithin("request", request, Duration.ofSeconds(1), Duration.ofMinutes(10));
    BadSetting.unlessWithin("idle", idle, Duration.ofSeconds(1), Duration.ofHours(1));
    BadSetting.unlessWithin("drain", drain, Duration.ZERO, Duration.ofMinutes(10));
    joinProxies = BadSetting.unlessTexts("join-proxies", joinProxies);
    trustedSources = BadSetting.unlessTexts("trusted-sources", trustedSources);
    ranges("join-proxies", joinProxies).forEach(LimitSettings::requireFew);
    ranges("trusted-sources", trustedSources);
  }

  static LimitSettings standard() {
    ServerConfig.Limits kit = ServerConfig.Limits.standard();
    return new LimitSettings(kit.workers(), kit.queue(), kit.connections(), kit.handshakes(), kit.maxHeader(),
        kit.handshake(), kit.request(), kit.idle(), kit.drain(), SourceSettings.standard(), List.of(), SourceSettings.joinProxy(),
        List.of(), SourceSettings.none());
  }

  /** In the words of the HTTP kit. */
  public ServerConfig.Limits kit() {
    return new ServerConfig.Limits(workers, queue, connections, header, handshake, request, idle, drain)
        .withHandshakes(handshakes)
        .withSources(new SourceRules(perSource.kit(), ranges("join-proxies", joinProxies), perJoinProxy.kit(),
            ranges("trusted-sources", trustedSources), perTrustedSource.kit()));
  }

  private static void requireFew(AddressRange range) {
    if (range.network().getAddress().length * Byte.SIZE - range.bits() > MOST_FREE_BITS) {
      throw new BadSetting("join-proxies", "\"" + range + "\" is more than 256 addresses, each of which may use as much as a join proxy:"
          + " at the most /24 of IPv4 and /120 of IPv6");
    }
  }

  private static List<AddressRange> ranges(String key, List<String> texts) {
    try {
      return texts.stream().map(AddressRange::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new BadSetting(key, e.getMessage());
    }
  }
}
