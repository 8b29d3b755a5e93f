package org.eider.registrar;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A ledger that refuses to append whatever a test says, and finds serial numbers taken that a test names. */
final class FragileLedger implements DeviceLedger, CertificateLedger {
  private final MemoryLedger ledger;
  Predicate<List<? extends Fact>> breaks = facts -> false;
  Predicate<IssuedCertificate> taken = certificate -> false;
  Supplier<StoreException> failure = () -> new StoreException("the file is broken", new IOException("input/output error"));

  FragileLedger(MemoryLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void append(List<? extends Fact> facts) {
    breakAt(facts);
    ledger.append(facts);
  }

  @Override
  public boolean append(List<? extends Fact> facts, DeviceId device, Predicate<Optional<Device>> still) {
    breakAt(facts);
    return ledger.append(facts, device, still);
  }

  @Override
  public Recorded record(IssuedCertificate certificate, List<? extends Fact> facts, Predicate<Optional<Device>> still) {
    breakAt(facts);
    return taken.test(certificate) ? Recorded.SERIAL_USED : ledger.record(certificate, facts, still);
  }

  @Override
  public Optional<IssuedCertificate> certificate(BigInteger serial) {
    return ledger.certificate(serial);
  }

  @Override
  public List<IssuedCertificate> ofDevice(DeviceId device, int limit) {
    return ledger.ofDevice(device, limit);
  }

  @Override
  public long count() {
    return ledger.count();
  }

  /** Whatever breaks is only busy. */
  void isBusy() {
    failure = () -> new StoreBusyException("the disk is full", new IOException("no space left"));
  }

  private void breakAt(List<? extends Fact> facts) {
    if (!facts.isEmpty() && breaks.test(facts)) {
      throw failure.get();
    }
  }

  @Override
  public Optional<Device> device(DeviceId id) {
    return ledger.device(id);
  }

  @Override
  public List<Device> devices(String serialNumber) {
    return ledger.devices(serialNumber);
  }

  @Override
  public List<Device> devices(Optional<DeviceId> after, int limit) {
    return ledger.devices(after, limit);
  }

  @Override
  public List<Device> held(int limit) {
    return ledger.held(limit);
  }

  @Override
  public long heldOf(String manufacturer, Hold.For whom) {
    return ledger.heldOf(manufacturer, whom);
  }

  @Override
  public Map<DeviceState, Long> census() {
    return ledger.census();
  }

  @Override
  public List<Fact.Decision> decisions(DeviceId id, int limit) {
    return ledger.decisions(id, limit);
  }

  @Override
  public List<Fact.DeviceEvent> history(DeviceId id, int limit) {
    return ledger.history(id, limit);
  }

  @Override
  public List<Fact.VoucherExchange> vouchers(DeviceId id, int limit) {
    return ledger.vouchers(id, limit);
  }

  @Override
  public List<Fact.AuditLogReceived> auditLogs(DeviceId id, int limit) {
    return ledger.auditLogs(id, limit);
  }

  @Override
  public List<Fact.Telemetry> telemetry(DeviceId id, int limit) {
    return ledger.telemetry(id, limit);
  }
}
