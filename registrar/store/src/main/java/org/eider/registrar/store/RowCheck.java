package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;
import org.eider.wire.Octets;

/** Compares rows with the journal entries that speak of them, and finds rows that no entry speaks of. */
final class RowCheck {
  private static final int PAGE = 10_000;
  private static final String FOREIGN_EXPECTED = """
      SELECT e.manufacturer, e.serial_number FROM expected_devices e
      WHERE NOT EXISTS (SELECT 1 FROM expected_lists l WHERE l.id = e.list_id AND l.manufacturer = e.manufacturer)
      """;

  private final Connection connection;
  private final Faults faults;
  private final Map<Table, IdSet> seen = new EnumMap<>(Table.class);
  /** The last entry that put or removed each manufacturer. */
  private final Map<String, Line> manufacturers = new HashMap<>();
  private final Map<String, Long> removals = new HashMap<>();
  /** Lists that are not there, which is right when their manufacturer was removed later. */
  private final List<Line> missingLists = new ArrayList<>();

  RowCheck(Connection connection, Faults faults) {
    this.connection = connection;
    this.faults = faults;
    Arrays.stream(Table.values()).forEach(table -> seen.put(table, new IdSet()));
  }

  /** Compares the rows of which {@code lines} speak. */
  void check(List<Line> lines) throws SQLException {
    Map<Table, Map<Long, Line>> wanted = new EnumMap<>(Table.class);
    for (Line line : lines) {
      line.row().ifPresent(row -> sort(line, row, wanted));
    }
    for (Map.Entry<Table, Map<Long, Line>> table : wanted.entrySet()) {
      compare(table.getKey(), table.getValue());
    }
  }

  /** Looks at what can be judged only when all entries are known. */
  void finish() throws SQLException {
    for (Line line : missingLists) {
      if (removals.getOrDefault(line.reason().orElse(""), 0L) < line.number()) {
        missing(line);
      }
    }
    finishManufacturers();
    for (Table table : Table.values()) {
      if (table != Table.MANUFACTURERS) {
        findForeign(table);
      }
    }
    Rows.each(connection, FOREIGN_EXPECTED, row -> faults.add(Fault.Kind.ROW_FOREIGN, "no entry speaks of the expected device "
        + Shown.text(row.getString("manufacturer")) + "/" + Shown.text(row.getString("serial_number"))));
  }

  private void sort(Line line, RowName row, Map<Table, Map<Long, Line>> wanted) {
    Optional<Table> table = Table.named(row.table());
    if (table.isEmpty()) {
      faults.add(Fault.Kind.ROW_REMOVED, line.number(), "entry " + line.number() + " speaks of a table that does not exist");
    } else if (table.get() == Table.MANUFACTURERS) {
      manufacturers.put(row.id(), line);
      if (isRemoval(line)) {
        removals.put(row.id(), line.number());
      }
    } else {
      number(row.id()).ifPresentOrElse(id -> sort(line, table.get(), id, wanted), () -> missing(line));
    }
  }

  private void sort(Line line, Table table, long id, Map<Table, Map<Long, Line>> wanted) {
    if (seen.get(table).add(id)) {
      wanted.computeIfAbsent(table, any -> new HashMap<>()).put(id, line);
    } else {
      faults.add(Fault.Kind.ROW_FOREIGN, line.number(), "two entries speak of row " + id + " of " + table.label());
    }
  }

  private void compare(Table table, Map<Long, Line> wanted) throws SQLException {
    Map<Long, Line> missing = new HashMap<>(wanted);
    String places = String.join(", ", Collections.nCopies(wanted.size(), "?"));
    Rows.each(connection, "SELECT * FROM " + table.label() + " WHERE id IN (" + places + ")", row -> {
      Line line = missing.remove(row.getLong("id"));
      byte[] digest = table == Table.EXPECTED_LISTS
          ? ExpectedLists.digest(table.encoding(row), listed(row.getLong("id"), row.getString("manufacturer")))
          : table.digest(row);
      compare(line, Octets.of(digest));
    }, wanted.keySet().toArray());
    if (table == Table.EXPECTED_LISTS) {
      missingLists.addAll(missing.values());
    } else {
      missing.values().forEach(this::missing);
    }
  }

  private List<String> listed(long list, String manufacturer) throws SQLException {
    List<String> serialNumbers = new ArrayList<>();
    Rows.each(connection, "SELECT serial_number FROM expected_devices WHERE list_id = ? AND manufacturer = ?",
        row -> serialNumbers.add(row.getString(1)), list, manufacturer);
    return serialNumbers;
  }

  private void finishManufacturers() throws SQLException {
    Map<String, Line> missing = new HashMap<>(manufacturers);
    missing.values().removeIf(RowCheck::isRemoval);
    Rows.each(connection, "SELECT * FROM manufacturers", row -> {
      String name = row.getString("name");
      Line line = missing.remove(name);
      if (line == null) {
        faults.add(Fault.Kind.ROW_FOREIGN, "no entry speaks of row " + Shown.text(name) + " of manufacturers");
      } else {
        compare(line, Octets.of(Table.MANUFACTURERS.digest(row)));
      }
    });
    missing.values().forEach(this::missing);
  }

  private void compare(Line line, Octets digest) {
    if (!line.content().equals(digest)) {
      faults.add(Fault.Kind.ROW_CHANGED, line.number(), name(line) + " is not what entry " + line.number() + " says");
    }
  }

  private void missing(Line line) {
    faults.add(Fault.Kind.ROW_REMOVED, line.number(), name(line) + ", of which entry " + line.number() + " speaks, is missing");
  }

  private void findForeign(Table table) throws SQLException {
    long[] last = {Long.MIN_VALUE};
    int rows;
    do {
      rows = Rows.each(connection, "SELECT id FROM " + table.label() + " WHERE id > ? ORDER BY id LIMIT " + PAGE, row -> {
        last[0] = row.getLong(1);
        if (!seen.get(table).contains(last[0])) {
          faults.add(Fault.Kind.ROW_FOREIGN, "no entry speaks of row " + last[0] + " of " + table.label());
        }
      }, last[0]);
    } while (rows == PAGE);
  }

  private static boolean isRemoval(Line line) {
    return Step.MANUFACTURER_REMOVED.name().equals(line.step());
  }

  private static String name(Line line) {
    return line.row().map(row -> "row " + Shown.text(row.id()) + " of " + Shown.text(row.table())).orElse("a row");
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty(); // a name where a number belongs
    }
  }
}
