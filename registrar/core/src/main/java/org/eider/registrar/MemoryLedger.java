package org.eider.registrar;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All ledgers in memory, for tests and trials: it forgets everything when the process ends and grows without bound. Safe for use by
 * many threads; every method holds the one lock.
 */
public final class MemoryLedger implements DeviceLedger, CertificateLedger, ManufacturerStore {
  private static final Comparator<DeviceId> BY_NAME =
      Comparator.comparing(DeviceId::manufacturer).thenComparing(DeviceId::serialNumber);

  private final List<Fact> facts = new ArrayList<>();
  private final TreeMap<DeviceId, Device> devices = new TreeMap<>(BY_NAME);
  private final Map<BigInteger, IssuedCertificate> certificates = new LinkedHashMap<>();
  private final TreeMap<String, Manufacturer> manufacturers = new TreeMap<>();
  private final Map<String, Set<String>> expected = new HashMap<>();

  /** An empty ledger. */
  public MemoryLedger() {}

  @Override
  public synchronized void append(List<? extends Fact> appended) {
    for (Fact fact : List.copyOf(appended)) {
      devices.put(fact.device(), Lifecycle.after(device(fact.device()), fact));
      facts.add(fact);
    }
  }

  @Override
  public synchronized boolean append(List<? extends Fact> appended, DeviceId device, Predicate<Optional<Device>> still) {
    boolean asJudged = still.test(device(device));
    if (asJudged) {
      append(appended);
    }
    return asJudged;
  }

  @Override
  public synchronized Optional<Device> device(DeviceId id) {
    return Optional.ofNullable(devices.get(id));
  }

  @Override
  public synchronized List<Device> devices(String serialNumber) {
    return devices.values().stream().filter(device -> device.id().serialNumber().equals(serialNumber)).toList();
  }

  @Override
  public synchronized List<Device> devices(Optional<DeviceId> after, int limit) {
    return after.map(id -> devices.tailMap(id, false)).orElse(devices).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized List<Device> held(int limit) {
    return devices.values().stream().filter(device -> device.hold().isPresent())
        .sorted(Comparator.comparing((Device device) -> device.hold().orElseThrow().whom())
            .thenComparing(device -> device.hold().orElseThrow().since())).limit(limit).toList();
  }

  @Override
  public synchronized long heldOf(String manufacturer, Hold.For whom) {
    return devices.values().stream().filter(device -> device.id().manufacturer().equals(manufacturer))
        .filter(device -> device.hold().filter(hold -> hold.whom() == whom).isPresent()).count();
  }

  @Override
  public synchronized Map<DeviceState, Long> census() {
    return devices.values().stream().collect(Collectors.groupingBy(Device::state, Collectors.counting()));
  }

  @Override
  public synchronized List<Fact.Decision> decisions(DeviceId id, int limit) {
    return newestFirst(Fact.Decision.class, id, limit);
  }

  @Override
  public synchronized List<Fact.DeviceEvent> history(DeviceId id, int limit) {
    return newestFirst(Fact.DeviceEvent.class, id, limit);
  }

  @Override
  public synchronized List<Fact.VoucherExchange> vouchers(DeviceId id, int limit) {
    return newestFirst(Fact.VoucherExchange.class, id, limit);
  }

  @Override
  public synchronized List<Fact.AuditLogReceived> auditLogs(DeviceId id, int limit) {
    return newestFirst(Fact.AuditLogReceived.class, id, limit);
  }

  @Override
  public synchronized List<Fact.Telemetry> telemetry(DeviceId id, int limit) {
    return newestFirst(Fact.Telemetry.class, id, limit);
  }

  @Override
  public synchronized Recorded record(IssuedCertificate certificate, List<? extends Fact> appended, Predicate<Optional<Device>> still) {
    if (!still.test(certificate.device().flatMap(this::device))) {
      return Recorded.DEVICE_CHANGED;
    }
    if (certificates.putIfAbsent(certificate.serial(), certificate) != null) {
      return Recorded.SERIAL_USED;
    }
    append(appended);
    return Recorded.YES;
  }

  @Override
  public synchronized Optional<IssuedCertificate> certificate(BigInteger serial) {
    return Optional.ofNullable(certificates.get(serial));
  }

  @Override
  public synchronized List<IssuedCertificate> ofDevice(DeviceId device, int limit) {
    return reversed(certificates.values().stream().filter(certificate -> certificate.device().equals(Optional.of(device))), limit);
  }

  @Override
  public synchronized long count() {
    return certificates.size();
  }

  @Override
  public synchronized void put(Manufacturer manufacturer, String by) {
    manufacturers.put(manufacturer.name(), manufacturer);
  }

  @Override
  public synchronized boolean remove(String name, String by) {
    expected.remove(name);
    return manufacturers.remove(name) != null;
  }

  @Override
  public synchronized Optional<Manufacturer> manufacturer(String name) {
    return Optional.ofNullable(manufacturers.get(name));
  }

  @Override
  public synchronized List<Manufacturer> manufacturers() {
    return List.copyOf(manufacturers.values());
  }

  @Override
  public synchronized void expect(String manufacturer, Collection<String> serialNumbers, String by) {
    expected.computeIfAbsent(manufacturer, name -> new HashSet<>()).addAll(serialNumbers);
  }

  @Override
  public synchronized boolean isExpected(DeviceId device) {
    return expected.getOrDefault(device.manufacturer(), Set.of()).contains(device.serialNumber());
  }

  private <F extends Fact> List<F> newestFirst(Class<F> kind, DeviceId id, int limit) {
    return reversed(facts.stream().filter(kind::isInstance).map(kind::cast).filter(fact -> fact.device().equals(id)), limit);
  }

  private static <T> List<T> reversed(Stream<T> oldestFirst, int limit) {
    List<T> all = new ArrayList<>(oldestFirst.toList());
    Collections.reverse(all);
    return List.copyOf(all.subList(0, Math.min(limit, all.size())));
  }
}
