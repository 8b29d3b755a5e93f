package org.eider.registrar.server.admin;

import java.io.IOException;
import java.nio.file.Path;
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

  /** What the rules say of a device, which may not have been heard of yet; empty when neither it nor its manufacturer is known. */
  Optional<PolicyReport> policy(DeviceId id) throws IOException;

  /** Number of the last entry of the journal; 0 when there is none. */
  long journalHead() throws IOException;

  /**
   * Entries of the journal in their order.
   *
   * @param after only those with a greater number
   * @param limit most entries to return, up to {@link #MAX_PAGE}
   */
  List<JournalView> journal(long after, int limit) throws IOException;

  /** Entries about a device, the newest first, up to {@link #MAX_PAGE}. */
  List<JournalView> journalOf(DeviceId id, int limit) throws IOException;

  /** Checks journal, rows, checkpoints and CA against each other; takes a while. */
  JournalReport verifyJournal() throws IOException;

  /**
   * Writes a backup.
   *
   * @param file absolute, must not exist; written by the registrar when that runs
   * @throws RefusedException when it cannot be made, with what to do about it
   */
  BackupView backup(Path file) throws IOException;

  /** All manufacturers by name. */
  List<Manufacturer> manufacturers() throws IOException;

  /**
   * Adds a manufacturer, or replaces the one of that name; its list of expected devices stays.
   *
   * @param by who wants it, as {@link Operator#clean} makes it
   * @return whether it is new
   */
  boolean put(Manufacturer manufacturer, String by) throws IOException;

  /** The same by the user of this process. */
  default boolean put(Manufacturer manufacturer) throws IOException {
    return put(manufacturer, Operator.name());
  }

  /** Removes a manufacturer and its list of expected devices; false when there is none of that name. */
  boolean remove(String manufacturer, String by) throws IOException;

  /** The same by the user of this process. */
  default boolean remove(String manufacturer) throws IOException {
    return remove(manufacturer, Operator.name());
  }

  /** Adds to a manufacturer's list of expected devices; false, and nothing added, when there is none of that name. */
  boolean expect(String manufacturer, List<String> serialNumbers, String by) throws IOException;

  /** The same by the user of this process. */
  default boolean expect(String manufacturer, List<String> serialNumbers) throws IOException {
    return expect(manufacturer, serialNumbers, Operator.name());
  }

  @Override
  void close() throws IOException;
}
