package dev.anabranch.bench.nostr;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/// What the files of a relay weigh.
public final class StoredBytes {
  private static final String WRITE_AHEAD = "-wal";
  private static final String LOG = ".log";

  private StoredBytes() {}

  /// The bytes of all files in `folder` but what was printed.
  ///
  /// Its relay must have ended. What a relay on SQLite left in the write-ahead log is brought into
  /// its file first: that much depends on the moment of its end alone.
  public static long of(Path folder) {
    try {
      for (Path file : files(folder, WRITE_AHEAD)) {
        bringIn(file.toString().substring(0, file.toString().length() - WRITE_AHEAD.length()));
      }
      long bytes = 0;
      for (Path file : files(folder, "")) {
        bytes += file.toString().endsWith(LOG) ? 0 : Files.size(file);
      }
      return bytes;
    } catch (IOException | SQLException e) {
      throw new BenchFailure("cannot weigh " + folder.getFileName(), e);
    }
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(ending))
          .toList();
    }
  }

  private static void bringIn(String database) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma wal_checkpoint(truncate)");
    }
  }
}
