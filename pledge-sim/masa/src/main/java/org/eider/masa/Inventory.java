package org.eider.masa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Every device that a manufacturer has made, who owns it, and which vouchers there were. Safe for many threads, and for several
 * processes over one folder: each sees what the others have written before. An entry is on the disk before a change returns.
 * Trouble with the file is an {@link UncheckedIOException}.
 */
public final class Inventory implements AutoCloseable {
  /** Decides on a change while nobody else can make one. */
  @FunctionalInterface
  interface Change<T, E extends Exception> {
    /** What to append, if anything, and what to return. */
    Result<T> decide(View view) throws E;
  }

  /** A change's decision. */
  record Result<T>(T value, Optional<JournalEntry> entry) {}

  /** The devices as they stand. */
  interface View {
    Optional<Device> device(DeviceId id);

    List<Device> withSerial(String serialNumber);
  }

  private final ReentrantLock mutex = new ReentrantLock();
  private final Journal journal;
  private final Map<DeviceId, Device> devices = new LinkedHashMap<>();
  private final Map<String, List<DeviceId>> bySerial = new LinkedHashMap<>();
  private final View view = new View() {
    @Override
    public Optional<Device> device(DeviceId id) {
      return Optional.ofNullable(devices.get(id));
    }

    @Override
    public List<Device> withSerial(String serialNumber) {
      return bySerial.getOrDefault(serialNumber, List.of()).stream().map(devices::get).toList();
    }
  };

  private Inventory(Journal journal) {
    this.journal = journal;
  }

  /** Opens the journal of a data folder, which has to exist, and replays it. */
  public static Inventory open(Path folder) throws IOException {
    Inventory inventory = new Inventory(Journal.open(folder));
    inventory.replayNews();
    return inventory;
  }

  /** The devices of that serial number: none, one, or several of different issuers. */
  public List<Device> withSerial(String serialNumber) {
    return reading(() -> view.withSerial(serialNumber));
  }

  /** All devices, in the order in which they were made first. */
  public List<Device> all() {
    return reading(() -> new ArrayList<>(devices.values()));
  }

  <T, E extends Exception> T change(Change<T, E> change) throws E {
    mutex.lock();
    try {
      FileLock held = journal.exclusive();
      try {
        return changeAlone(change);
      } finally {
        held.release();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      mutex.unlock();
    }
  }

  @Override
  public void close() {
    mutex.lock();
    try {
      journal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      mutex.unlock();
    }
  }

  private <T, E extends Exception> T changeAlone(Change<T, E> change) throws E, IOException {
    replayNews();
    Result<T> result = change.decide(view);
    if (result.entry().isPresent()) {
      journal.append(result.entry().get());
      apply(result.entry().get());
    }
    return result.value();
  }

  private <T> T reading(Supplier<T> answer) {
    mutex.lock();
    try {
      replayNews();
      return answer.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      mutex.unlock();
    }
  }

  private void replayNews() throws IOException {
    for (JournalEntry entry : journal.news()) {
      apply(entry);
    }
  }

  private void apply(JournalEntry entry) {
    Device present = devices.get(entry.device());
    if (present != null) {
      devices.put(entry.device(), present.apply(entry));
      return;
    }
    Optional<Device> made = entry.fold(first -> Optional.of(Device.made(first)), granted -> Optional.empty(), released -> Optional.empty());
    made.ifPresent(device -> {
      devices.put(device.id(), device);
      bySerial.computeIfAbsent(device.id().serialNumber(), serial -> new ArrayList<>()).add(device.id());
    });
  }
}
