package org.eider.mdns;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The names that one speaker wants and those that it has: it may have one when nobody has said otherwise to three probes (RFC 6762 section
 * 8.1). Whoever claims one name after the other is not believed any more, from whatever addresses: names have parts that nobody guesses. For
 * one thread.
 */
final class Names {
  /** What is to be done now. */
  enum Next { PROBE, SURE, NOTHING }

  /** What has come of somebody's claim. */
  enum Claim { DOUBTED, GIVEN_UP, NOT_BELIEVED }

  static final int PROBES = 3;
  /** So often one neighbour is believed within a minute. */
  static final int MOST_CLAIMS = 3;
  /** So often all of them are within an hour: source addresses can be forged. */
  static final int MOST_IN_ALL = 20;

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long APART = 250 * MILLI;
  /** RFC 6762 section 8.1: so many conflicts in that time, and the next probe comes after that pause. */
  private static final int MANY = 15;
  private static final long LATELY = 10 * SECOND;
  private static final long PAUSE = 5 * SECOND;
  private static final int MOST_NEIGHBOURS = 64;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Set<DnsName> ours = new HashSet<>();
  private final Set<DnsName> wanted = new LinkedHashSet<>();
  private final Map<InetAddress, Lately> claims = new LinkedHashMap<>();
  private final Lately believed = new Lately();
  private final Lately conflicts = new Lately();
  private String suffix = "";
  private int probes;
  private long at;

  /** Counts what happens within a time. */
  private static final class Lately {
    private int count;
    private long since;

    int count(long now, long within) {
      if (count == 0 || now - since > within) {
        count = 0;
        since = now;
      }
      return ++count;
    }
  }

  Names(LongSupplier nanos, RandomGenerator random) {
    this.nanos = nanos;
    this.random = random;
  }

  /** What names are to begin with: as was wished, or after a conflict with something else behind. */
  String beginning(String wished) {
    return wished + suffix;
  }

  /** Replaces the names that it takes. Those that were ours and are among them stay ours. */
  void want(Set<DnsName> names) {
    ours.retainAll(names);
    wanted.clear();
    wanted.addAll(names);
    wanted.removeAll(ours);
    begin(conflicts.count >= MANY && nanos.getAsLong() - conflicts.since <= LATELY ? PAUSE : (long) (random.nextDouble() * APART));
  }

  private void begin(long delay) {
    probes = PROBES;
    at = nanos.getAsLong() + delay;
  }

  Set<DnsName> ours() {
    return ours;
  }

  /** Those that are not ours yet. */
  Set<DnsName> wanted() {
    return wanted;
  }

  /** What is to be done now; once told, it counts as done. */
  Next next() {
    long now = nanos.getAsLong();
    if (wanted.isEmpty() || at - now > 0) {
      return Next.NOTHING;
    }
    if (probes > 0) {
      probes--;
      at = now + APART;
      return Next.PROBE;
    }
    ours.addAll(wanted);
    wanted.clear();
    return Next.SURE;
  }

  /** In how many nanoseconds there will be something to be done. */
  long due() {
    return wanted.isEmpty() ? MINUTE : at - nanos.getAsLong();
  }

  /** Somebody says to have one of these names: one that was ours is probed for again, another is given up, and all the others with it. */
  Claim taken(DnsName name, InetAddress by) {
    if (!believes(by)) {
      return Claim.NOT_BELIEVED;
    }
    if (ours.remove(name)) {
      wanted.add(name);
      begin(0);
      return Claim.DOUBTED;
    }
    conflicts.count(nanos.getAsLong(), LATELY);
    suffix = String.format(Locale.ROOT, "-%06x", random.nextInt(1 << 24));
    return Claim.GIVEN_UP;
  }

  /** Somebody probes for the same name at the same time, and may have it: probing begins anew in a second (RFC 6762 section 8.2). */
  void waits(InetAddress by) {
    if (believes(by)) {
      begin(SECOND);
    }
  }

  private boolean believes(InetAddress neighbour) {
    if (!claims.containsKey(neighbour) && claims.size() == MOST_NEIGHBOURS) {
      claims.remove(claims.keySet().iterator().next());
    }
    long now = nanos.getAsLong();
    return claims.computeIfAbsent(neighbour, any -> new Lately()).count(now, MINUTE) <= MOST_CLAIMS && believed.count(now, HOUR) <= MOST_IN_ALL;
  }
}
