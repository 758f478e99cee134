package dev.anabranch.storage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection and the statements prepared on it, which it keeps: what an asker chooses goes in as
/// a parameter and never into a text, so that their number is that of the texts in this module
/// (K11). Used by one thread at a time.
public final class Session implements AutoCloseable {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  /// A session over an open connection, which it closes in the end.
  public Session(Connection connection) {
    this.connection = Objects.requireNonNull(connection);
  }

  /// The connection beneath.
  public Connection connection() {
    return connection;
  }

  /// The statement of this text, prepared once.
  public PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  /// How many statements it keeps.
  int statements() {
    return prepared.size();
  }

  /// Reads the first row of a query, if there is one.
  public <T> @Nullable T first(String sql, RowReader<T> reader, Object... parameters)
      throws SQLException {
    PreparedStatement statement = bind(sql, parameters);
    try (var rows = statement.executeQuery()) {
      return rows.next() ? reader.read(rows) : null;
    }
  }

  /// Runs a statement that changes rows, and says how many.
  public int change(String sql, Object... parameters) throws SQLException {
    return bind(sql, parameters).executeUpdate();
  }

  /// A prepared statement with its parameters in place.
  public PreparedStatement bind(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = prepare(sql);
    for (int index = 0; index < parameters.length; index++) {
      statement.setObject(index + 1, parameters[index]);
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    try {
      for (PreparedStatement statement : prepared.values()) {
        statement.close();
      }
    } finally {
      prepared.clear();
      connection.close();
    }
  }
}
