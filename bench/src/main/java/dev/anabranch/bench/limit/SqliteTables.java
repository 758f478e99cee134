package dev.anabranch.bench.limit;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Raw inserts of what a change leaves on disk – a row of `change` and one of `entity`, with the
/// indexes that they have – into the tables of a new store, by plain JDBC and nothing else.
public final class SqliteTables implements AutoCloseable {
  private static final String CHANGE =
      "insert into change (id, scope_id, seq, model, entity, action, version, data, write_key,"
          + " hash_high, hash_low, principal_id, n, base, hlc, prior, origin, at, erased) values"
          + " (?, 1, ?, 'bench_item', ?, 'insert', 1, ?, ?, ?, ?, 1, ?, 0, ?, 0, 'bench', ?, 0)";
  private static final String ENTITY =
      "insert into entity (scope_id, model, entity, version, data, deleted, created_at, updated_at,"
          + " id, seq) values (1, 'bench_item', ?, 1, ?, 0, ?, ?, ?, ?)";

  private final Connection connection;
  private final PreparedStatement change;
  private final PreparedStatement entity;
  private final String data;
  private long id;

  private SqliteTables(Connection connection, int dataBytes) throws SQLException {
    this.connection = connection;
    this.data = LogRow.data(dataBytes);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode=wal");
      statement.execute("pragma synchronous=full");
    }
    connection.setAutoCommit(false);
    change = connection.prepareStatement(CHANGE);
    entity = connection.prepareStatement(ENTITY);
  }

  /// Makes a new store in `folder` and closes it; its tables stay.
  public static SqliteTables in(Path folder, int dataBytes) {
    Storage.open(StorageConfiguration.folder(folder)).close();
    Path log = folder.resolve("anabranch.db");
    try {
      return new SqliteTables(DriverManager.getConnection("jdbc:sqlite:" + log), dataBytes);
    } catch (SQLException e) {
      throw new BenchFailure("cannot open the tables of a new store", e);
    }
  }

  /// Changes a second in transactions of `batch` changes.
  public double changesPerSecond(int batch, Duration duration) {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    long before = id;
    while (System.nanoTime() < end) {
      commit(batch);
    }
    return (id - before) * 1e9 / (System.nanoTime() - start);
  }

  private void commit(int batch) {
    try {
      for (int row = 0; row < batch; row++) {
        add();
      }
      change.executeBatch();
      entity.executeBatch();
      connection.commit();
    } catch (SQLException e) {
      throw new BenchFailure("a raw insert failed", e);
    }
  }

  private void add() throws SQLException {
    id++;
    String name = "bench-key-" + System.nanoTime() + "-" + id;
    long now = System.currentTimeMillis();
    change.setLong(1, id);
    change.setLong(2, id);
    change.setString(3, name);
    change.setString(4, data);
    change.setString(5, name);
    change.setLong(6, Long.reverse(id) * 31);
    change.setLong(7, Long.reverse(id) * 17);
    change.setLong(8, id);
    change.setLong(9, now << 16);
    change.setLong(10, now);
    change.addBatch();
    entity.setString(1, name);
    entity.setString(2, data);
    entity.setLong(3, now);
    entity.setLong(4, now);
    entity.setLong(5, id);
    entity.setLong(6, id);
    entity.addBatch();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new BenchFailure("the tables did not close", e);
    }
  }
}
