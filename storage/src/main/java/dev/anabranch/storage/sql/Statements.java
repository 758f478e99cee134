package dev.anabranch.storage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Plain JDBC in fewer words.
public final class Statements {

  private Statements() {}

  /// Reads one row.
  @FunctionalInterface
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /// Every row of a query.
  ///
  /// @param values by position; null, Long, Integer, Boolean, String or byte[]
  public static <T> List<T> list(
      Connection connection, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
          list.add(row.of(rows));
        }
        return list;
      }
    }
  }

  /// The first row of a query.
  public static <T> Optional<T> first(
      Connection connection, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(row.of(rows)) : Optional.empty();
      }
    }
  }

  /// Runs a statement; how many rows it touched.
  public static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  /// Binds values by position.
  public static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int index = 0; index < values.length; index++) {
      switch (values[index]) {
        case null -> statement.setNull(index + 1, Types.NULL);
        case Long number -> statement.setLong(index + 1, number);
        case Integer number -> statement.setInt(index + 1, number);
        case Boolean truth -> statement.setBoolean(index + 1, truth);
        case String text -> statement.setString(index + 1, text);
        case byte[] bytes -> statement.setBytes(index + 1, bytes);
        default -> throw new IllegalArgumentException("cannot bind " + values[index]);
      }
    }
  }
}
