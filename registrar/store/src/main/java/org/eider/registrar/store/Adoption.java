package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;

/**
 * Takes the rows of a store of before the journal into it, some hundred in a transaction; a start that is cut off goes on where it was.
 * Facts come in the order in which they happened, as far as the rows tell: each kind in its own order, the kinds by time.
 */
final class Adoption {
  private static final int BATCH = 500;
  private static final String TO_DO = "SELECT row_table, last_id, up_to FROM adoption WHERE last_id < up_to";
  private static final String DONE = "UPDATE adoption SET last_id = ? WHERE row_table = ?";
  private static final String FACTS = """
      SELECT t.*, d.manufacturer AS of_manufacturer, d.serial_number AS of_serial_number
      FROM %s t JOIN devices d ON d.id = t.device_id WHERE t.id > ? AND t.id <= ? ORDER BY t.id LIMIT %d
      """;
  private static final String CERTIFICATES = "SELECT * FROM certificates WHERE id > ? AND id <= ? ORDER BY id LIMIT " + BATCH;
  private static final String LISTS = "SELECT DISTINCT manufacturer FROM expected_devices WHERE list_id IS NULL";
  private static final String LIST = "SELECT serial_number FROM expected_devices WHERE manufacturer = ? AND list_id IS NULL";

  private final Transactions transactions;
  private final InstantSource clock;

  Adoption(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Adopts everything that a migration found. */
  void run() {
    while (transactions.snapshot("look for rows without entry", Adoption::toDo).size() > 0) {
      transactions.write(Step.ADOPTED, "adopt rows", this::batch);
    }
  }

  /** Ids from {@code last}, exclusive, to {@code upTo}, inclusive. */
  private record Range(long last, long upTo) {}

  /** A row and what its entry will be. */
  private record Found(Table table, long id, Draft draft) {}

  private static Map<Table, Range> toDo(Connection connection) throws SQLException {
    Map<Table, Range> ranges = new EnumMap<>(Table.class);
    Rows.each(connection, TO_DO, row -> {
      Range range = new Range(row.getLong("last_id"), row.getLong("up_to"));
      Table.named(row.getString("row_table")).ifPresent(table -> ranges.put(table, range));
    });
    return ranges;
  }

  private boolean batch(Writing writing) throws SQLException {
    Map<Table, Range> ranges = toDo(writing.connection());
    if (ranges.containsKey(Table.MANUFACTURERS)) {
      adoptManufacturers(writing);
      done(writing, Table.MANUFACTURERS, ranges.get(Table.MANUFACTURERS).upTo());
    } else if (ranges.containsKey(Table.EXPECTED_LISTS)) {
      adoptLists(writing);
      done(writing, Table.EXPECTED_LISTS, ranges.get(Table.EXPECTED_LISTS).upTo());
    } else if (ranges.containsKey(Table.CERTIFICATES)) {
      adopt(writing, Map.of(Table.CERTIFICATES, ranges.get(Table.CERTIFICATES)));
    } else {
      adopt(writing, ranges);
    }
    return true;
  }

  /** The earliest of the first rows of all tables, as long as it is known which that is. */
  private static void adopt(Writing writing, Map<Table, Range> ranges) throws SQLException {
    Map<Table, Deque<Found>> pages = new EnumMap<>(Table.class);
    for (Map.Entry<Table, Range> range : ranges.entrySet()) {
      pages.put(range.getKey(), page(writing.connection(), range.getKey(), range.getValue()));
    }
    Map<Table, Long> last = new EnumMap<>(Table.class);
    pages.forEach((table, page) -> {
      if (page.isEmpty()) {
        last.put(table, ranges.get(table).upTo());
      }
    });
    pages.values().removeIf(Deque::isEmpty);
    for (boolean open = true; open && !pages.isEmpty(); ) {
      Deque<Found> next = pages.values().stream().min(Comparator.comparing(page -> page.getFirst().draft().at())).orElseThrow();
      Found found = next.removeFirst();
      writing.entry(found.draft());
      last.put(found.table(), found.id());
      open = !next.isEmpty();
    }
    for (Map.Entry<Table, Long> position : last.entrySet()) {
      done(writing, position.getKey(), position.getValue());
    }
  }

  private static Deque<Found> page(Connection connection, Table table, Range range) throws SQLException {
    Deque<Found> page = new ArrayDeque<>();
    boolean isFact = Table.FACTS.contains(table);
    boolean hasSession = table == Table.DEVICE_EVENTS || table == Table.VOUCHER_EXCHANGES;
    Rows.each(connection, isFact ? FACTS.formatted(table.label(), BATCH) : CERTIFICATES, row -> {
      Optional<String> manufacturer = Columns.text(row, isFact ? "of_manufacturer" : "device_manufacturer");
      Optional<String> serialNumber = Columns.text(row, isFact ? "of_serial_number" : "device_serial_number");
      Optional<String> session = hasSession ? Columns.text(row, "session_id") : Optional.empty();
      page.add(new Found(table, row.getLong("id"), new Draft(Columns.instant(row, isFact ? "happened_at" : "signed_at"), Step.ADOPTED,
          session, manufacturer.flatMap(name -> serialNumber.map(number -> new DeviceId(name, number))), Optional.empty(), "",
          Optional.of(new RowName(table.label(), row.getString("id"))), table.digest(row))));
    }, range.last(), range.upTo());
    return page;
  }

  private void adoptManufacturers(Writing writing) throws SQLException {
    Instant now = clock.instant();
    Rows.each(writing.connection(), "SELECT * FROM manufacturers ORDER BY name", row -> writing.entry(Draft.row(now, Step.ADOPTED, "",
        new RowName(Table.MANUFACTURERS.label(), row.getString("name")), Table.MANUFACTURERS.digest(row))));
  }

  private void adoptLists(Writing writing) throws SQLException {
    Instant now = clock.instant();
    TreeSet<String> manufacturers = new TreeSet<>();
    Rows.each(writing.connection(), LISTS, row -> manufacturers.add(row.getString(1)));
    for (String manufacturer : manufacturers) {
      List<String> serialNumbers = new ArrayList<>();
      Rows.each(writing.connection(), LIST, row -> serialNumbers.add(row.getString(1)), manufacturer);
      long list = ExpectedLists.open(writing, manufacturer, now);
      writing.handle().execute("UPDATE expected_devices SET list_id = ? WHERE manufacturer = ? AND list_id IS NULL", list, manufacturer);
      ExpectedLists.close(writing, Step.ADOPTED, list, manufacturer, now, serialNumbers,
          serialNumbers.size() + " devices");
    }
  }

  private static void done(Writing writing, Table table, long last) {
    writing.handle().execute(DONE, last, table.label());
  }
}
