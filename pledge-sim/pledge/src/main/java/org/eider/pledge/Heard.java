package org.eider.pledge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.eider.discovery.Lookout;
import org.eider.discovery.Method;
import org.eider.discovery.Sighting;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * The join proxies that were heard of and can still be believed, in the order in which to try them: by scheme, then by method as in RFC 8995
 * section 4.1 (GRASP, then Multicast DNS), then by priority, at random among equals. Bounded: when a method tells of too many, one of its
 * own is forgotten at random, and after {@value #MOST_TOLD} lines no more are written of who is heard. Safe for many threads.
 */
final class Heard implements Lookout.Watcher {
  static final int MOST_OF_A_METHOD = 32;
  static final int MOST_TOLD = 100;
  /** Behind everybody that can be heard. */
  static final int LAST = Integer.MAX_VALUE;

  private static final long UNTOLD_LIFETIME = TimeUnit.MINUTES.toNanos(10);
  private static final int OF_SCHEME = 1 << 24;
  private static final int OF_METHOD = 1 << 21;

  private final Scheme preferred;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Progress progress;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private boolean isAny;
  private boolean isNews;
  private int told;

  /** One proxy, as one method has it. */
  private record Key(RegistrarAddress proxy, Method method) {}

  private record Entry(int rank, long until) {}

  Heard(Scheme preferred, LongSupplier nanos, RandomGenerator random, Progress progress) {
    this.preferred = preferred;
    this.nanos = nanos;
    this.random = random;
    this.progress = progress;
  }

  @Override
  public void seen(Sighting sighting) {
    Optional<Key> key = key(sighting);
    if (key.isPresent() && enter(key.get(), sighting)) {
      progress.heard(key.get().proxy, "by " + sighting.method().label() + " on " + sighting.interfaceName());
    }
  }

  /** Takes it in; tells whether that is worth a line. */
  private synchronized boolean enter(Key key, Sighting sighting) {
    long lifetime = sighting.lifetime().map(Duration::toNanos).orElse(UNTOLD_LIFETIME);
    Entry entry = new Entry(rank(key, sighting), nanos.getAsLong() + lifetime);
    if (entries.replace(key, entry) != null) {
      return false;
    }
    dropOld();
    List<Key> ofMethod = entries.keySet().stream().filter(other -> other.method == key.method).toList();
    if (ofMethod.size() >= MOST_OF_A_METHOD) {
      entries.remove(ofMethod.get(random.nextInt(ofMethod.size())));
    }
    entries.put(key, entry);
    isAny = true;
    isNews = true;
    notifyAll();
    return told++ < MOST_TOLD;
  }

  @Override
  public synchronized void gone(Sighting sighting) {
    key(sighting).ifPresent(entries::remove);
  }

  /** Those that count now; the lower the rank, the sooner. */
  synchronized Map<RegistrarAddress, Integer> now() {
    dropOld();
    Map<RegistrarAddress, Integer> ranks = new HashMap<>();
    List<Map.Entry<Key, Entry>> shuffled = new ArrayList<>(entries.entrySet());
    java.util.Collections.shuffle(shuffled, new java.util.Random(random.nextLong()));
    Map<RegistrarAddress, Integer> ordered = new LinkedHashMap<>();
    shuffled.forEach(entry -> ranks.merge(entry.getKey().proxy, entry.getValue().rank, Math::min));
    shuffled.forEach(entry -> ordered.put(entry.getKey().proxy, ranks.get(entry.getKey().proxy)));
    return ordered;
  }

  /** Whether anything was ever heard. */
  synchronized boolean isAny() {
    return isAny;
  }

  /** Returns once something new was heard, or after {@code longest}, or for no reason. */
  synchronized void await(Duration longest) throws InterruptedException {
    if (!isNews) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, longest.toNanos()));
    }
    isNews = false;
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    entries.values().removeIf(entry -> entry.until - now <= 0);
  }

  private int rank(Key key, Sighting sighting) {
    return (key.proxy.scheme() == preferred ? 0 : OF_SCHEME) + key.method.ordinal() * OF_METHOD + Math.min(sighting.priority(), 0xffff);
  }

  private static Optional<Key> key(Sighting sighting) {
    return (switch (sighting.service()) {
      case PROXY_TLS -> Optional.of(Scheme.HTTPS);
      case PROXY_COAPS -> Optional.of(Scheme.COAPS);
      case REGISTRAR_TLS, REGISTRAR_COAPS, REGISTRAR_JPY -> Optional.<Scheme>empty();
    }).map(scheme -> new Key(RegistrarAddress.of(scheme, sighting.address(), sighting.interfaceName()), sighting.method()));
  }
}
