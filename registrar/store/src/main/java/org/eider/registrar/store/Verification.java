package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Report;
import org.eider.wire.Octets;

/** One check of everything, in a transaction that sees the store as it was when it began. Used once, by one thread. */
final class Verification {
  private static final int BATCH = 200;
  private static final String BATCH_SQL = "SELECT * FROM journal WHERE number > ? ORDER BY number LIMIT " + BATCH;

  private final Connection connection;
  private final LongConsumer progress;
  private final Faults faults = new Faults();
  private final RowCheck rows;
  /** Hashes that signed checkpoints name, by number; what has been compared is taken out. */
  private final TreeMap<Long, Octets> signed = new TreeMap<>();
  private Octets lastHash = Chain.ORIGIN;
  private long lastNumber;
  /** As far as has been read; entries of which the first would be the next may be there. */
  private long read = Long.MIN_VALUE;

  Verification(Connection connection, Optional<CheckpointFile> checkpoints, LongConsumer progress) {
    this.connection = connection;
    this.progress = progress;
    this.rows = new RowCheck(connection, faults);
    checkpoints.ifPresent(file -> file.read(faults).forEach(checkpoint -> signed.put(checkpoint.head().number(), checkpoint.head().hash())));
  }

  Report run() throws SQLException {
    Head head = Chain.read(connection);
    checkpointAt(0, Chain.ORIGIN);
    List<Line> batch = new ArrayList<>();
    do {
      batch.clear();
      Rows.each(connection, BATCH_SQL, row -> {
        batch.add(Line.read(row));
        read = row.getLong("number");
      }, read);
      batch.forEach(this::link);
      rows.check(batch);
      progress.accept(lastNumber);
    } while (!batch.isEmpty());
    for (Map.Entry<Long, Octets> beyond : signed.tailMap(lastNumber, false).entrySet()) {
      faults.add(Fault.Kind.TAIL_MISSING, beyond.getKey(),
          "the journal ends at entry " + lastNumber + ", but a signed checkpoint knows entry " + beyond.getKey());
    }
    rows.finish();
    new Replay(connection, faults).run();
    return faults.report(head);
  }

  private void link(Line line) {
    long number = line.number();
    if (number < 1) {
      faults.add(Fault.Kind.ENTRY_CHANGED, number, "entry " + number + " cannot be: the first entry is 1");
      return;
    }
    if (number > lastNumber + 1) {
      faults.add(Fault.Kind.ENTRY_REMOVED, lastNumber + 1, number == lastNumber + 2
          ? "entry " + (lastNumber + 1) + " is missing"
          : "entries " + (lastNumber + 1) + " to " + (number - 1) + " are missing");
    } else if (!line.previous().equals(lastHash)) {
      faults.add(Fault.Kind.LINK_BROKEN, number, "entry " + number + " does not follow the entry before it");
    }
    if (!line.hash().equals(line.computed())) {
      faults.add(Fault.Kind.ENTRY_CHANGED, number, "entry " + number + " is not what its hash says");
    }
    checkpointAt(number, line.hash());
    lastNumber = number;
    lastHash = line.hash();
  }

  private void checkpointAt(long number, Octets hash) {
    Octets expected = signed.remove(number);
    if (expected != null && !expected.equals(hash)) {
      faults.add(Fault.Kind.CHECKPOINT_DIFFERS, number, "entry " + number + " has another hash than the signed checkpoint of it");
    }
  }
}
