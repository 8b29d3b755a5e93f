package org.eider.registrar.server.admin;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;

/** What an operator can see and do. Every method throws {@link IOException} when the registrar, or its store, is not to be had. */
public interface Administration extends AutoCloseable {
  /** Most devices in one answer. */
  int MAX_PAGE = 500;

  /**
   * Devices in order of manufacturer and serial number.
   *
   * @param after only those that come after this one; empty to begin with the first
   * @param limit most devices to return, up to {@link #MAX_PAGE}
   */
  List<DeviceView> devices(Optional<DeviceId> after, int limit) throws IOException;

  /** Devices of all manufacturers with this serial number. */
  List<DeviceView> devices(String serialNumber) throws IOException;

  /** Everything that is known of a device. */
  Optional<DeviceReport> device(DeviceId id) throws IOException;

  /**
   * Devices that wait for an operator, the longest first.
   *
   * @param limit most devices to return, up to {@link #MAX_PAGE}
   */
  List<DeviceView> held(int limit) throws IOException;

  /**
   * Records what an operator decides about a device, which may not have been heard of yet.
   *
   * @return the device as it stands then; empty, and nothing recorded, when neither it nor its manufacturer is known
   */
  Optional<DeviceView> decide(DecisionForm decision) throws IOException;

  /** All manufacturers by name. */
  List<Manufacturer> manufacturers() throws IOException;

  /**
   * Adds a manufacturer, or replaces the one of that name; its list of expected devices stays.
   *
   * @return whether it is new
   */
  boolean put(Manufacturer manufacturer) throws IOException;

  /** Removes a manufacturer and its list of expected devices; false when there is none of that name. */
  boolean remove(String manufacturer) throws IOException;

  /** Adds to a manufacturer's list of expected devices; false, and nothing added, when there is none of that name. */
  boolean expect(String manufacturer, List<String> serialNumbers) throws IOException;

  @Override
  void close() throws IOException;
}
