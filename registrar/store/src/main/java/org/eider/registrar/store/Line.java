package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.eider.registrar.Journal.RowName;
import org.eider.wire.Octets;

/**
 * A row of {@code journal} as it is found, whatever somebody has made of it.
 *
 * @param number of the entry
 * @param step as stored
 * @param reason as stored
 * @param row that it speaks of
 * @param content digest of that row
 * @param previous hash of the entry before, as it says
 * @param hash as it says
 * @param computed the hash that it has to have
 */
record Line(long number, String step, Optional<String> reason, Optional<RowName> row, Octets content, Octets previous, Octets hash,
    Octets computed) {
  static Line read(ResultSet row) throws SQLException {
    Optional<String> id = Columns.text(row, "row_id");
    return new Line(row.getLong("number"), row.getString("step"), Columns.text(row, "reason"),
        Columns.text(row, "row_table").flatMap(table -> id.map(number -> new RowName(table, number))), Columns.octets(row, "content"),
        Columns.octets(row, "previous_hash"), Columns.octets(row, "hash"), Chain.hash(row));
  }
}
