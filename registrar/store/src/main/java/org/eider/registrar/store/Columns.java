package org.eider.registrar.store;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.eider.wire.Octets;

/** How values stand in columns. A value that no version of ours has written is an {@link SQLException}. */
final class Columns {
  private static final int HEX = 16;

  private Columns() {}

  static long millis(Instant instant) {
    return instant.toEpochMilli();
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  static String serial(BigInteger serial) {
    return serial.toString(HEX);
  }

  static Optional<BigInteger> serial(ResultSet row, String column) throws SQLException {
    Optional<String> digits = text(row, column);
    try {
      return digits.map(text -> new BigInteger(text, HEX));
    } catch (NumberFormatException e) {
      throw new SQLException("column " + column + " holds no serial number", e);
    }
  }

  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  static Octets octets(ResultSet row, String column) throws SQLException {
    return Octets.of(row.getBytes(column));
  }

  static Optional<Octets> optionalOctets(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getBytes(column)).map(Octets::of);
  }

  static <E extends Enum<E>> E name(ResultSet row, String column, Class<E> type) throws SQLException {
    return optionalName(row, column, type).orElseThrow(() -> new SQLException("column " + column + " is empty"));
  }

  static <E extends Enum<E>> Optional<E> optionalName(ResultSet row, String column, Class<E> type) throws SQLException {
    String name = row.getString(column);
    try {
      return name == null ? Optional.empty() : Optional.of(Enum.valueOf(type, name));
    } catch (IllegalArgumentException e) {
      throw new SQLException("column " + column + " says " + name + ", which this version does not know", e);
    }
  }
}
