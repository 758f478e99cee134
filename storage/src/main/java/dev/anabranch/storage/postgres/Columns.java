package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Sets array parameters of a statement, one column of many rows after another.
final class Columns {

  private final PreparedStatement statement;
  private final Connection connection;
  private int index;

  Columns(PreparedStatement statement) throws SQLException {
    this.statement = statement;
    this.connection = statement.getConnection();
  }

  Columns single(long value) throws SQLException {
    statement.setLong(++index, value);
    return this;
  }

  <T> Columns numbers(List<T> rows, ToLongFunction<T> column) throws SQLException {
    Long[] values = new Long[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = column.applyAsLong(rows.get(row));
    }
    statement.setArray(++index, connection.createArrayOf("int8", values));
    return this;
  }

  <T> Columns flags(List<T> rows, Predicate<T> column) throws SQLException {
    Short[] values = new Short[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = (short) (column.test(rows.get(row)) ? 1 : 0);
    }
    statement.setArray(++index, connection.createArrayOf("int2", values));
    return this;
  }

  <T> Columns texts(List<T> rows, Function<T, @Nullable String> column) throws SQLException {
    @Nullable String[] values = new String[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = column.apply(rows.get(row));
    }
    statement.setArray(++index, connection.createArrayOf("text", values));
    return this;
  }

  /// One array of texts.
  Columns texts(List<String> values) throws SQLException {
    statement.setArray(++index, connection.createArrayOf("text", values.toArray()));
    return this;
  }

  <T> Columns objects(List<T> rows, Function<T, @Nullable JsonObject> column) throws SQLException {
    return texts(
        rows,
        row -> {
          JsonObject value = column.apply(row);
          return value == null ? null : value.text();
        });
  }

  <T> Columns bytes(List<T> rows, Function<T, @Nullable Bytes> column) throws SQLException {
    return stored(
        rows,
        row -> {
          Bytes value = column.apply(row);
          return value == null ? null : value.toArray();
        });
  }

  <T> Columns stored(List<T> rows, Function<T, byte @Nullable []> column) throws SQLException {
    byte[][] values = new byte[rows.size()][];
    for (int row = 0; row < values.length; row++) {
      byte[] value = column.apply(rows.get(row));
      if (value != null) {
        values[row] = value;
      }
    }
    statement.setArray(++index, connection.createArrayOf("bytea", values));
    return this;
  }
}
