package org.eider.registrar;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eider.pki.TrustAnchors;

/**
 * The manufacturers of a store, kept in memory: every request asks for all of them, and they hardly ever change. Everything that changes
 * them has to come through here; a change counts for whoever asks after it has returned. Lists of expected devices are not kept.
 */
public final class KnownManufacturers implements ManufacturerStore {
  private final ManufacturerStore store;
  private final AtomicReference<Optional<Snapshot>> snapshot = new AtomicReference<>(Optional.empty());
  private final AtomicLong changes = new AtomicLong();

  /** A manufacturer with anchors that remember. */
  private record Known(Manufacturer manufacturer, TrustAnchors idevids, TrustAnchors vouchers) {
    static Known of(Manufacturer manufacturer) {
      return new Known(manufacturer, TrustAnchors.of(manufacturer.idevidAnchors()), TrustAnchors.of(manufacturer.voucherAnchors()));
    }
  }

  /** What the store held at some time. */
  private record Snapshot(List<Manufacturer> all, Map<String, Known> byName) {}

  /** In front of that store. */
  public KnownManufacturers(ManufacturerStore store) {
    this.store = store;
  }

  @Override
  public void put(Manufacturer manufacturer, String by) {
    try {
      store.put(manufacturer, by);
    } finally {
      forget();
    }
  }

  @Override
  public boolean remove(String name, String by) {
    try {
      return store.remove(name, by);
    } finally {
      forget();
    }
  }

  @Override
  public Optional<Manufacturer> manufacturer(String name) {
    return Optional.ofNullable(current().byName().get(name)).map(Known::manufacturer);
  }

  @Override
  public List<Manufacturer> manufacturers() {
    return current().all();
  }

  @Override
  public TrustAnchors idevidTrust(Manufacturer manufacturer) {
    return trust(manufacturer, Known::idevids).orElseGet(() -> store.idevidTrust(manufacturer));
  }

  @Override
  public TrustAnchors voucherTrust(Manufacturer manufacturer) {
    return trust(manufacturer, Known::vouchers).orElseGet(() -> store.voucherTrust(manufacturer));
  }

  @Override
  public void expect(String manufacturer, Collection<String> serialNumbers, String by) {
    store.expect(manufacturer, serialNumbers, by);
  }

  @Override
  public boolean isExpected(DeviceId device) {
    return store.isExpected(device);
  }

  /** Those of this very manufacturer: one that was replaced meanwhile has other anchors. */
  private Optional<TrustAnchors> trust(Manufacturer manufacturer, Function<Known, TrustAnchors> which) {
    return Optional.ofNullable(current().byName().get(manufacturer.name()))
        .filter(known -> known.manufacturer() == manufacturer)
        .map(which);
  }

  /** A snapshot that was read while something changed is good for the one who began to read before, and is not kept. */
  private Snapshot current() {
    Optional<Snapshot> kept = snapshot.get();
    if (kept.isPresent()) {
      return kept.get();
    }
    long before = changes.get();
    List<Manufacturer> all = List.copyOf(store.manufacturers());
    Snapshot read = new Snapshot(all, all.stream().collect(Collectors.toUnmodifiableMap(Manufacturer::name, Known::of)));
    synchronized (changes) {
      if (changes.get() == before) {
        snapshot.set(Optional.of(read));
      }
    }
    return read;
  }

  private void forget() {
    synchronized (changes) {
      changes.incrementAndGet();
      snapshot.set(Optional.empty());
    }
  }
}
