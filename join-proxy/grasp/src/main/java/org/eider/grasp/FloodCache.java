package org.eider.grasp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What floods have told (RFC 8990 section 2.5.6.2): one entry for each name and locator, until its time is over. Names that somebody asks
 * for have room of their own, so that all the others cannot push them out; where there is no room, what was heard of longest ago goes.
 * Safe for many threads.
 */
final class FloodCache {
  private final Set<String> wanted;
  private final int mostOfEach;
  private final int mostOthers;
  private final LongSupplier nanos;
  private final Map<String, Map<Optional<Locator>, Entry>> byName = new LinkedHashMap<>();
  private final Map<Key, Entry> others = new LinkedHashMap<>();

  private record Key(String name, Optional<Locator> locator) {}

  private record Entry(Flooded flooded, long heard) {
    boolean isOver(long now) {
      return flooded.ttl() != 0 && now - heard >= TimeUnit.MILLISECONDS.toNanos(flooded.ttl());
    }
  }

  /**
   * An empty one.
   *
   * @param mostOfEach entries for each name that is wanted
   * @param mostOthers entries for all other names together
   */
  FloodCache(Set<String> wanted, int mostOfEach, int mostOthers, LongSupplier nanos) {
    this.wanted = Set.copyOf(wanted);
    this.mostOfEach = mostOfEach;
    this.mostOthers = mostOthers;
    this.nanos = nanos;
  }

  /** Keeps it in the place of what was heard before of the same name and locator; tells whether something else had to go. */
  synchronized boolean put(Flooded flooded) {
    Entry entry = new Entry(flooded, nanos.getAsLong());
    String name = flooded.objective().name();
    if (wanted.contains(name)) {
      return put(byName.computeIfAbsent(name, any -> new LinkedHashMap<>()), flooded.locator(), entry, mostOfEach);
    }
    return put(others, new Key(name, flooded.locator()), entry, mostOthers);
  }

  private static <K> boolean put(Map<K, Entry> table, K key, Entry entry, int most) {
    table.remove(key);
    boolean full = table.size() >= most;
    if (full) {
      table.values().removeIf(each -> each.isOver(entry.heard()));
    }
    boolean pushed = false;
    while (table.size() >= most && !table.isEmpty()) {
      table.remove(table.keySet().iterator().next());
      pushed = true;
    }
    if (most > 0) {
      table.put(key, entry);
    }
    return pushed;
  }

  /** What is known of a name, heard last coming last. */
  synchronized List<Flooded> of(String name) {
    long now = nanos.getAsLong();
    others.values().removeIf(each -> each.isOver(now));
    byName.values().forEach(table -> table.values().removeIf(each -> each.isOver(now)));
    List<Flooded> found = new ArrayList<>();
    byName.getOrDefault(name, Map.of()).values().forEach(each -> found.add(each.flooded()));
    others.values().stream().map(Entry::flooded).filter(each -> each.objective().name().equals(name)).forEach(found::add);
    return found;
  }

  synchronized int size() {
    return others.size() + byName.values().stream().mapToInt(Map::size).sum();
  }
}
