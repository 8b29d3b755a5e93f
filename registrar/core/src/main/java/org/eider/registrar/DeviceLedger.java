package org.eider.registrar;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Everything that is known of devices. Facts are appended and never changed.
 *
 * <p>Implementations are safe for use by many threads. {@link #append} is atomic and durable when it returns; what it appended is
 * seen by every later query. What is not there is empty, never an exception. When the store is not to be had, every method throws
 * {@link StoreException} and nothing was recorded. Instants are kept to the millisecond; what is finer may be cut off.
 */
public interface DeviceLedger {
  /**
   * Records facts, all or none, in their order. A device that is not known yet begins to exist with its first fact, in state
   * REQUESTED unless the facts say otherwise.
   */
  void append(List<? extends Fact> facts);

  /**
   * Records facts as {@link #append(List)} does, if the device still is what they were decided on.
   *
   * @param still whether it is; asked at the moment of recording, when nothing else is recorded, and possibly more than once: it must
   *     neither block nor change anything
   * @return false, and nothing recorded, when it is not
   */
  boolean append(List<? extends Fact> facts, DeviceId device, Predicate<Optional<Device>> still);

  /** The device as it stands. */
  Optional<Device> device(DeviceId id);

  /** Devices of all manufacturers with this serial number. */
  List<Device> devices(String serialNumber);

  /**
   * Devices in order of manufacturer and serial number.
   *
   * @param after only those that come after this one; empty to begin with the first
   * @param limit most devices to return
   */
  List<Device> devices(Optional<DeviceId> after, int limit);

  /**
   * Devices that wait: those for an operator, the longest first, then those for their MASA, the longest first.
   *
   * @param limit most devices to return
   */
  List<Device> held(int limit);

  /** How many devices of a manufacturer wait for somebody. */
  long heldOf(String manufacturer, Hold.For whom);

  /** How many devices are in each state; a state without any may be missing. */
  Map<DeviceState, Long> census();

  /** What operators decided about the device, newest first. */
  List<Fact.Decision> decisions(DeviceId id, int limit);

  /** Events of the device, newest first. */
  List<Fact.DeviceEvent> history(DeviceId id, int limit);

  /** Voucher exchanges of the device, newest first. */
  List<Fact.VoucherExchange> vouchers(DeviceId id, int limit);

  /** Audit logs of the device, newest first. */
  List<Fact.AuditLogReceived> auditLogs(DeviceId id, int limit);

  /** Telemetry of the device, newest first. */
  List<Fact.Telemetry> telemetry(DeviceId id, int limit);
}
