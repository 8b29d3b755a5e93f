package org.eider.pledge;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.eider.discovery.Lookout;
import org.eider.discovery.Method;
import org.eider.discovery.Sighting;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * The join proxies that were heard of and can still be believed, in no certain order. Bounded: when a neighbour tells of too many by one
 * method, one of those is forgotten at random; when all of them together do, one of whoever tells of the most. After {@value #MOST_TOLD}
 * lines no more are written of who is heard. Safe for many threads.
 */
final class Heard implements Lookout.Watcher {
  static final int MOST_OF_A_METHOD = 64;
  static final int MOST_OF_A_NEIGHBOUR = 8;
  static final int MOST_TOLD = 100;
  private static final long UNTOLD_LIFETIME = TimeUnit.MINUTES.toNanos(10);

  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Progress progress;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private boolean isAny;
  private boolean isNews;
  private int told;

  /** One proxy, as one neighbour told of it. */
  private record Key(RegistrarAddress proxy, Method method, InetAddress by) {
    boolean isOfOneTeller(Key other) {
      return method == other.method && by.equals(other.by);
    }
  }

  private record Entry(int rank, long until) {}

  Heard(LongSupplier nanos, RandomGenerator random, Progress progress) {
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
    Entry entry = new Entry(Math.min(sighting.priority(), 0xffff), nanos.getAsLong() + lifetime);
    if (entries.replace(key, entry) != null) {
      return false;
    }
    dropOld();
    boolean isNew = entries.keySet().stream().noneMatch(other -> other.proxy.equals(key.proxy) && other.method == key.method);
    makeRoom(key);
    entries.put(key, entry);
    isAny = true;
    isNews = true;
    notifyAll();
    return isNew && told++ < MOST_TOLD;
  }

  private void makeRoom(Key newcomer) {
    List<Key> own = entries.keySet().stream().filter(newcomer::isOfOneTeller).toList();
    if (own.size() >= MOST_OF_A_NEIGHBOUR) {
      entries.remove(own.get(random.nextInt(own.size())));
      return;
    }
    List<Key> ofMethod = entries.keySet().stream().filter(other -> other.method == newcomer.method).toList();
    if (ofMethod.size() >= MOST_OF_A_METHOD) {
      Map<InetAddress, List<Key>> tellers = ofMethod.stream().collect(Collectors.groupingBy(Key::by));
      int most = tellers.values().stream().mapToInt(List::size).max().orElse(0);
      List<Key> greedy = tellers.values().stream().filter(told -> told.size() == most).flatMap(List::stream).toList();
      entries.remove(greedy.get(random.nextInt(greedy.size())));
    }
  }

  @Override
  public synchronized void gone(Sighting sighting) {
    key(sighting).ifPresent(entries::remove);
  }

  /** Those that count now. */
  synchronized List<Lead> now() {
    dropOld();
    List<Lead> leads = new ArrayList<>();
    entries.forEach((key, entry) -> leads.add(new Lead(key.proxy, key.method, key.by, entry.rank)));
    Collections.shuffle(leads, new Random(random.nextLong()));
    return leads;
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

  /** Has whoever waits look again. */
  synchronized void nudge() {
    isNews = true;
    notifyAll();
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    entries.values().removeIf(entry -> entry.until - now <= 0);
  }

  private static Optional<Key> key(Sighting sighting) {
    return (switch (sighting.service()) {
      case PROXY_TLS -> Optional.of(Scheme.HTTPS);
      case PROXY_COAPS -> Optional.of(Scheme.COAPS);
      case REGISTRAR_TLS, REGISTRAR_COAPS, REGISTRAR_JPY -> Optional.<Scheme>empty();
    }).map(scheme -> new Key(RegistrarAddress.of(scheme, sighting.address(), sighting.interfaceName()), sighting.method(), sighting.by()));
  }
}
