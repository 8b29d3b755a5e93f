package org.eider.mdns;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eider.wire.Octets;

/** What is known of one instance of a service, and until when. */
final class Instance {
  private static final int MOST_ADDRESSES = 8;
  private static final int MOST_KEYS = 32;
  private static final int TRIES = 4;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  /** The longest that is believed, whatever is said. */
  private static final long LONGEST = TimeUnit.HOURS.toSeconds(24);

  final String type;
  final DnsName name;
  /** Who tells of it: nobody else can say good-bye for it, or where it is. */
  final InetAddress source;
  private long until;
  private Optional<DnsRecord.Server> server = Optional.empty();
  private long serverUntil;
  private long serverRefresh;
  private final Map<InetAddress, Long> addresses = new LinkedHashMap<>();
  private Set<String> keys = Set.of();
  private int tries;
  private long askAt;

  Instance(String type, DnsName name, InetAddress source, long now) {
    this.type = type;
    this.name = name;
    this.source = source;
    this.askAt = now + SECOND / 2;
  }

  void pointed(long ttl, long now) {
    until = end(ttl, now);
  }

  void served(DnsRecord.Server found, long ttl, long now) {
    if (ttl == 0) {
      server = Optional.empty();
      return;
    }
    if (server.filter(before -> before.target().equals(found.target())).isEmpty()) {
      addresses.clear();
    }
    server = Optional.of(found);
    serverUntil = end(ttl, now);
    serverRefresh = now + (serverUntil - now) / 5 * 4;
    tries = 0;
  }

  boolean isAt(DnsName host) {
    return server.filter(found -> found.target().equals(host)).isPresent();
  }

  void forgetAddresses() {
    addresses.clear();
  }

  void reachedAt(InetAddress address, long ttl, long now) {
    if (ttl == 0) {
      addresses.remove(address);
    } else if (addresses.containsKey(address) || addresses.size() < MOST_ADDRESSES) {
      addresses.put(address, end(ttl, now));
      tries = 0;
    }
  }

  void said(DnsRecord.Text text) {
    Set<String> found = new HashSet<>();
    for (Octets string : text.strings()) {
      String key = string.utf8().split("=", 2)[0].toLowerCase(Locale.ROOT);
      if (!key.isEmpty() && found.size() < MOST_KEYS) {
        found.add(key);
      }
    }
    keys = found;
  }

  /** Forgets what is too old; tells whether the whole of it is. */
  boolean isOver(long now) {
    addresses.values().removeIf(end -> end - now <= 0);
    if (server.isPresent() && serverUntil - now <= 0) {
      server = Optional.empty();
    }
    return until - now <= 0;
  }

  /** What to ask for now: what is missing, or soon will be; not for ever. */
  Optional<DnsMessage.Question> missing(boolean isIpv6, long now) {
    boolean isStale = server.isEmpty() || serverRefresh - now <= 0;
    if (askAt - now > 0 || tries >= TRIES || !isStale && !addresses.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(isStale ? new DnsMessage.Question(name, DnsRecord.SRV, false)
        : new DnsMessage.Question(server.orElseThrow().target(), isIpv6 ? DnsRecord.AAAA : DnsRecord.A, false));
  }

  void asked(long now) {
    askAt = now + (SECOND << tries);
    tries++;
  }

  /** When there will be something to ask for or to forget. */
  long due(long now) {
    long next = until;
    if (server.isPresent()) {
      next = Math.min(next - now, serverUntil - now) + now;
    }
    for (long end : addresses.values()) {
      next = Math.min(next - now, end - now) + now;
    }
    if (tries < TRIES) {
      long stale = server.isPresent() && !addresses.isEmpty() ? Math.max(askAt - now, serverRefresh - now) + now : askAt;
      next = Math.min(next - now, stale - now) + now;
    }
    return next;
  }

  Optional<DnsRecord.Server> server() {
    return server;
  }

  Map<InetAddress, Long> addresses() {
    return addresses;
  }

  Set<String> keys() {
    return keys;
  }

  /** How long it is known that there is such an instance, in seconds. */
  long pointerLeft(long now) {
    return Math.max(0, (until - now) / SECOND);
  }

  /** How long everything that it takes is known, in nanoseconds. */
  long left(InetAddress address, long now) {
    return Math.min(until - now, Math.min(serverUntil - now, addresses.get(address) - now));
  }

  private static long end(long ttl, long now) {
    return now + Math.min(ttl, LONGEST) * SECOND;
  }
}
