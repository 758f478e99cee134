package dev.anabranch.bench.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredBytesTest {
  private static final int ROWS = 50;
  private static final int ROW_BYTES = 1_000;

  @TempDir private Path folder;

  @Test
  void weighsEveryFileButWhatWasPrinted() throws IOException {
    Files.write(folder.resolve("data.mdb"), new byte[70]);
    Files.write(Files.createDirectory(folder.resolve("keys")).resolve("one"), new byte[7]);
    Files.write(folder.resolve("relay.log"), new byte[700]);
    assertThat(StoredBytes.of(folder)).isEqualTo(77);
  }

  @Test
  void bringsInTheWriteAheadLogOfARelayThatWasKilled() throws IOException, SQLException {
    Path left = Files.createDirectory(folder.resolve("left"));
    writeAndLeave(left);
    assertThat(left.resolve("events.db-wal")).exists();

    long bytes = StoredBytes.of(left);

    assertThat(bytes).isEqualTo(Files.size(left.resolve("events.db")));
    assertThat(bytes).isBetween((long) ROWS * ROW_BYTES, 2L * ROWS * ROW_BYTES);
  }

  // What a killed process leaves is what stands there while the file is open.
  private void writeAndLeave(Path left) throws IOException, SQLException {
    Path file = folder.resolve("events.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode=wal");
      statement.execute("create table event (json text)");
      for (int row = 0; row < ROWS; row++) {
        statement.execute("insert into event values ('" + "x".repeat(ROW_BYTES) + "')");
      }
      Files.copy(file, left.resolve("events.db"));
      Files.copy(folder.resolve("events.db-wal"), left.resolve("events.db-wal"));
    }
  }
}
