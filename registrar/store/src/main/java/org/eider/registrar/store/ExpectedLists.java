package org.eider.registrar.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.Journal.RowName;
import org.eider.registrar.Journal.Step;

/** A row of {@code expected_lists} together with the devices that were put on the list with it: one entry speaks of all of them. */
final class ExpectedLists {
  private ExpectedLists() {}

  /** A new list without devices; its number. */
  static long open(Writing writing, String manufacturer, Instant at) throws SQLException {
    return Table.EXPECTED_LISTS.insert(writing.connection(), manufacturer, Columns.millis(at));
  }

  /** Has the entry of a list written that has all its devices; the entry's reason is the manufacturer. */
  static void close(Writing writing, Step step, long list, String manufacturer, Instant at, List<String> serialNumbers, String detail) {
    String id = Long.toString(list);
    byte[] digest = digest(Table.EXPECTED_LISTS.encoding(id, manufacturer, Columns.millis(at)), serialNumbers);
    writing.entry(new Draft(at, step, Optional.empty(), Optional.empty(), Optional.of(manufacturer), detail,
        Optional.of(new RowName(Table.EXPECTED_LISTS.label(), id)), digest));
  }

  /** The digest of a list: its row, then the serial numbers in the order of their UTF-16 code units. */
  static byte[] digest(Canonical row, List<String> serialNumbers) {
    serialNumbers.stream().sorted().forEach(row::text);
    return row.sha256();
  }
}
