package org.eider.registrar.store;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Journal;

/** The journal in a table. */
final class SqlJournal implements Journal {
  private static final String AFTER = "SELECT * FROM journal WHERE number > :after ORDER BY number LIMIT :limit";
  private static final String OF_DEVICE = """
      SELECT * FROM journal WHERE manufacturer = :manufacturer AND serial_number = :serial_number
      ORDER BY manufacturer DESC, serial_number DESC, number DESC LIMIT :limit
      """;

  private final Transactions transactions;
  private final InstantSource clock;
  private final AtomicReference<Optional<CheckpointFile>> checkpoints = new AtomicReference<>(Optional.empty());

  SqlJournal(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public void note(Step step, String detail) {
    transactions.log(step, "record an event", writing -> {
      writing.entry(Draft.event(clock.instant(), step, detail));
      return true;
    });
  }

  @Override
  public Head head() {
    return transactions.durable();
  }

  @Override
  public List<Entry> entries(long after, int limit) {
    return transactions.read("read the journal", handle -> handle.createQuery(AFTER)
        .bind("after", after)
        .bind("limit", limit)
        .map((row, context) -> Chain.read(row))
        .list());
  }

  @Override
  public List<Entry> ofDevice(DeviceId device, int limit) {
    return transactions.read("read the journal of a device", handle -> handle.createQuery(OF_DEVICE)
        .bind("manufacturer", device.manufacturer())
        .bind("serial_number", device.serialNumber())
        .bind("limit", limit)
        .map((row, context) -> Chain.read(row))
        .list());
  }

  @Override
  public Report verify(LongConsumer progress) {
    return transactions.snapshot("verify the journal",
        connection -> new Verification(connection, checkpoints.get(), progress).run());
  }

  /** Has checkpoints looked at when the journal is verified. */
  void compareWith(CheckpointFile file) {
    checkpoints.set(Optional.of(file));
  }
}
