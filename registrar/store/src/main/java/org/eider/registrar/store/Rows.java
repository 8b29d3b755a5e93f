package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads rows one after the other. */
final class Rows {
  private Rows() {}

  /** Is shown one row after the other. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  /** Shows every row of a query; how many there were. */
  static int each(Connection connection, String sql, Reader reader, Object... arguments) throws SQLException {
    int count = 0;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        for (; row.next(); count++) {
          reader.read(row);
        }
      }
    }
    return count;
  }

  /** Whether the database itself failed; without a state it is one of our own complaints about a value. */
  static boolean isFailure(SQLException e) {
    return e.getSQLState() != null;
  }
}
