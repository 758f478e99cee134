package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.storage.sql.AnswerText;
import dev.anabranch.storage.sql.EntityRow;
import dev.anabranch.storage.sql.SqlReader;
import dev.anabranch.storage.sql.SqlReader.ScopeRow;
import dev.anabranch.storage.sql.WriterMemory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The state a batch starts from, looked up as it is asked for: a lookup in the file costs
/// microseconds.
final class SqliteLoaded implements Loaded, AutoCloseable {

  private final Connection connection;
  private final WriterMemory memory;
  private final SqliteFailures failures;
  private final PreparedStatement changeByKey;
  private final PreparedStatement outcomeByKey;
  private final PreparedStatement entityByKey;
  private final PreparedStatement deviceByName;
  private final PreparedStatement principalByName;
  private long headId;
  private long headHlc;

  SqliteLoaded(Connection connection, WriterMemory memory, SqliteFailures failures)
      throws SQLException {
    this.connection = connection;
    this.memory = memory;
    this.failures = failures;
    this.changeByKey =
        connection.prepareStatement(
            "SELECT hash_high, hash_low, id, seq, version FROM change"
                + " WHERE scope_id = ? AND principal_id = ? AND write_key = ?");
    this.outcomeByKey =
        connection.prepareStatement(
            "SELECT hash_high, hash_low, answer FROM outcome"
                + " WHERE scope_id = ? AND principal_id = ? AND write_key = ?");
    this.entityByKey =
        connection.prepareStatement(
            "SELECT "
                + EntityRow.COLUMNS
                + " FROM entity WHERE scope_id = ? AND model = ? AND entity = ?");
    this.deviceByName =
        connection.prepareStatement(
            "SELECT p.name, d.n, d.base FROM device d"
                + " JOIN principal p ON p.principal_id = d.principal_id"
                + " WHERE d.scope_id = ? AND d.device = ?");
    this.principalByName =
        connection.prepareStatement("SELECT principal_id FROM principal WHERE name = ?");
  }

  /// Reads where the log stands; to be called first in every transaction.
  void begin() throws SQLException {
    try (ResultSet row =
        connection.createStatement().executeQuery("SELECT head_id, head_hlc FROM meta")) {
      row.next();
      headId = row.getLong(1);
      headHlc = row.getLong(2);
    }
  }

  @Override
  public long headId() {
    return headId;
  }

  @Override
  public long headHlc() {
    return headHlc;
  }

  @Override
  public ScopeHead scope(ScopeName scope) {
    ScopeRow row = scopeRow(scope);
    return row == null ? ScopeHead.empty(scope) : row.head();
  }

  @Nullable ScopeRow scopeRow(ScopeName scope) {
    ScopeRow known = memory.scope(scope);
    if (known != null) {
      return known;
    }
    Optional<ScopeRow> row = ask(() -> SqlReader.scope(connection, scope));
    row.ifPresent(memory::learn);
    return row.orElse(null);
  }

  @Nullable Long principal(PrincipalId principal) {
    Long known = memory.principal(principal);
    if (known != null) {
      return known;
    }
    Long number =
        ask(() -> {
          principalByName.setString(1, principal.text());
          try (ResultSet row = principalByName.executeQuery()) {
            return row.next() ? row.getLong(1) : null;
          }
        });
    if (number != null) {
      memory.learn(principal, number);
    }
    return number;
  }

  @Override
  public @Nullable Remembered remembered(Remembered.Name name) {
    ScopeRow scope = scopeRow(name.scope());
    Long principal = principal(name.principal());
    if (scope == null || principal == null) {
      return null;
    }
    return ask(() -> {
      bind(changeByKey, scope.number(), principal, name.key().text());
      try (ResultSet row = changeByKey.executeQuery()) {
        if (row.next()) {
          Outcome answer =
              new Outcome.Applied(row.getLong(3), row.getLong(4), row.getLong(5), null);
          return new Remembered(name, hash(row), answer);
        }
      }
      bind(outcomeByKey, scope.number(), principal, name.key().text());
      try (ResultSet row = outcomeByKey.executeQuery()) {
        return row.next()
            ? new Remembered(name, hash(row), AnswerText.parse(row.getString(3), name.scope()))
            : null;
      }
    });
  }

  private static WriteHash hash(ResultSet row) throws SQLException {
    return new WriteHash(row.getLong(1), row.getLong(2));
  }

  @Override
  public @Nullable Entity entity(EntityKey key) {
    Entity known = memory.entity(key);
    ScopeRow scope = scopeRow(key.scope());
    if (known != null || scope == null) {
      return known;
    }
    Entity entity =
        ask(() -> {
          entityByKey.setLong(1, scope.number());
          entityByKey.setString(2, key.model().text());
          entityByKey.setString(3, key.id().text());
          try (ResultSet row = entityByKey.executeQuery()) {
            return row.next() ? EntityRow.of(row, key.scope()) : null;
          }
        });
    if (entity != null) {
      memory.learn(entity);
    }
    return entity;
  }

  @Override
  public @Nullable DeviceState device(DeviceName name) {
    DeviceState known = memory.device(name);
    ScopeRow scope = scopeRow(name.scope());
    if (known != null || scope == null) {
      return known;
    }
    DeviceState device =
        ask(() -> {
          deviceByName.setLong(1, scope.number());
          deviceByName.setString(2, name.device().text());
          try (ResultSet row = deviceByName.executeQuery()) {
            return row.next()
                ? new DeviceState(
                    name.scope(),
                    name.device(),
                    new PrincipalId(row.getString(1)),
                    row.getLong(2),
                    row.getLong(3))
                : null;
          }
        });
    if (device != null) {
      memory.learn(device);
    }
    return device;
  }

  private static void bind(PreparedStatement statement, long scope, long principal, String key)
      throws SQLException {
    statement.setLong(1, scope);
    statement.setLong(2, principal);
    statement.setString(3, key);
  }

  /// Something asked of the database.
  @FunctionalInterface
  private interface Asking<T extends @Nullable Object> {
    T ask() throws SQLException;
  }

  private <T extends @Nullable Object> T ask(Asking<T> asking) {
    try {
      return asking.ask();
    } catch (SQLException exception) {
      throw failures.of(exception);
    }
  }

  @Override
  public void close() throws SQLException {
    changeByKey.close();
    outcomeByKey.close();
    entityByKey.close();
    deviceByName.close();
    principalByName.close();
  }
}
