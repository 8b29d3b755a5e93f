package org.eider.registrar.store;

import java.util.Collections;
import java.util.List;

/**
 * A table whose rows can be written again as they were: from the redo log, whatever of them the database has already.
 *
 * @param table its name
 * @param columns its columns, the primary key first; a later version adds columns at the end only
 */
record Shape(String table, List<String> columns) {
  /** Its primary key. */
  String key() {
    return columns.get(0);
  }

  /** Whether the database makes up the keys. */
  boolean isNumbered() {
    return key().equals("id");
  }

  /** Writes the first {@code count} columns of a row, over the row of that key if there is one. */
  String merge(int count) {
    return "MERGE INTO " + table + " (" + String.join(", ", columns.subList(0, count)) + ") KEY (" + key() + ") VALUES ("
        + String.join(", ", Collections.nCopies(count, "?")) + ")";
  }
}
