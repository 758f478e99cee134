package dev.anabranch.client.nostr.cache;

import dev.anabranch.client.replica.ReplicaFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Runs SQL on one connection, its statements prepared once; for one thread at a time.
final class Statements {

  /// Statements kept ready; those that filters make differ without end.
  private static final int KEPT_MAX = 64;

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /// Takes one row.
  interface Row<T> {

    T read(ResultSet row) throws SQLException;
  }

  private PreparedStatement of(String sql, List<?> values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      if (prepared.size() >= KEPT_MAX) {
        Map.Entry<String, PreparedStatement> oldest = prepared.entrySet().iterator().next();
        prepared.remove(oldest.getKey());
        oldest.getValue().close();
      }
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    int index = 0;
    for (Object value : values) {
      statement.setObject(++index, value);
    }
    return statement;
  }

  /// Changes rows; how many.
  int change(String sql, Object... values) {
    try {
      return of(sql, List.of(values)).executeUpdate();
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  /// Begins, commits or rolls back.
  void run(String sql) {
    try {
      of(sql, List.of()).execute();
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  /// Every row.
  <T> List<T> rows(String sql, List<?> values, Row<T> read) {
    try (ResultSet found = of(sql, values).executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(read.read(found));
      }
      return rows;
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  /// The first rows that are wanted.
  <T> List<T> some(String sql, List<?> values, int max, Row<T> read, Predicate<T> wanted) {
    try (ResultSet found = of(sql, values).executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (rows.size() < max && found.next()) {
        T row = read.read(found);
        if (wanted.test(row)) {
          rows.add(row);
        }
      }
      return rows;
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  /// The first row.
  <T> Optional<T> row(String sql, Row<T> read, Object... values) {
    try (ResultSet found = of(sql, List.of(values)).executeQuery()) {
      return found.next() ? Optional.of(read.read(found)) : Optional.empty();
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  /// A number that is always there.
  long number(String sql, Object... values) {
    return row(sql, found -> found.getLong(1), values).orElse(0L);
  }

  void close() {
    try {
      for (PreparedStatement statement : prepared.values()) {
        statement.close();
      }
      prepared.clear();
    } catch (SQLException failure) {
      throw broken(failure);
    }
  }

  private static ReplicaFailure broken(SQLException failure) {
    return new ReplicaFailure("the local copy broke: " + failure.getMessage(), failure);
  }
}
