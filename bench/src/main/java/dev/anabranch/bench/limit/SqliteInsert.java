package dev.anabranch.bench.limit;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.process.Pause;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// Raw inserts into SQLite: write-ahead log, `synchronous=FULL`, one connection, one thread.
public final class SqliteInsert implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement insert;
  private final String data;
  private long seq;

  private SqliteInsert(Connection connection, int dataBytes) throws SQLException {
    this.connection = connection;
    data = LogRow.data(dataBytes);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode=wal");
      statement.execute("pragma synchronous=full");
      statement.execute(LogRow.SQLITE_TABLE);
      statement.execute(LogRow.INDEX);
    }
    connection.setAutoCommit(false);
    insert =
        connection.prepareStatement(
            "insert into log (" + LogRow.COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  /// Opens a new database file in `folder`.
  public static SqliteInsert in(Path folder, int dataBytes) {
    try {
      String url = "jdbc:sqlite:" + folder.resolve("raw-" + System.nanoTime() + ".sqlite");
      return new SqliteInsert(DriverManager.getConnection(url), dataBytes);
    } catch (SQLException e) {
      throw new BenchFailure("cannot open a SQLite file", e);
    }
  }

  /// Rows a second in transactions of `batch` rows.
  public double rowsPerSecond(int batch, Duration duration) {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    long rows = 0;
    while (System.nanoTime() < end) {
      commit(batch);
      rows += batch;
    }
    return rows * 1e9 / (System.nanoTime() - start);
  }

  /// How long single commits take, `count` of them at `perSecond`, nanoseconds.
  public Histogram commits(int count, double perSecond) {
    Histogram commits = Histograms.nanos();
    for (int done = 0; done < count; done++) {
      long start = System.nanoTime();
      commit(1);
      commits.recordValue(System.nanoTime() - start);
      Pause.of(Duration.ofNanos((long) (1e9 / perSecond)));
    }
    return commits;
  }

  private void commit(int batch) {
    try {
      for (int row = 0; row < batch; row++) {
        add();
      }
      insert.executeBatch();
      connection.commit();
    } catch (SQLException e) {
      throw new BenchFailure("a raw insert failed", e);
    }
  }

  private void add() throws SQLException {
    seq++;
    insert.setString(1, "bench:raw");
    insert.setLong(2, seq);
    insert.setString(3, "bench-key-" + seq);
    insert.setString(4, "local");
    insert.setString(5, "bench_item");
    insert.setString(6, "m" + seq);
    insert.setString(7, "insert");
    insert.setLong(8, 1);
    insert.setString(9, data);
    insert.setLong(10, seq);
    insert.addBatch();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new BenchFailure("the SQLite file did not close", e);
    }
  }
}
