package org.eider.registrar;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A ledger that refuses to append whatever a test says. */
final class FragileLedger implements DeviceLedger {
  private final DeviceLedger ledger;
  Predicate<List<? extends Fact>> breaks = facts -> false;

  FragileLedger(DeviceLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void append(List<? extends Fact> facts) {
    if (breaks.test(facts)) {
      throw new StoreException("the disk is full", new IOException("no space left"));
    }
    ledger.append(facts);
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
  public long heldOf(String manufacturer) {
    return ledger.heldOf(manufacturer);
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
