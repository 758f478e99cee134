package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.MarkedNumbers;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder of before there was a file of marks (migrations 83 and 84), whose program was killed
/// while some marks waited for the indexes in the log's file: the rows are spelled as it spelled
/// them, each named after the last change in it.
class WaitingInOlderTablesTest {

  private static final MarkedNumbers NUMBERS = new MarkedNumbers(1);

  @TempDir Path folder;

  @BeforeEach
  void oneIsSortedInAndThreeWait() throws SQLException, IOException {
    try (Store store = open(folder)) {
      NUMBERS.write(store, 1, 5);
    }
    Files.delete(folder.resolve("marks.db"));
    String log = "jdbc:sqlite:" + folder.resolve("anabranch.db");
    try (Connection connection = DriverManager.getConnection(log);
        Statement statement = connection.createStatement()) {
      statement.execute("drop table model_rule");
      statement.execute("drop table mark_file");
      statement.execute("drop table mark_proof");
      statement.execute("delete from mark_waiting");
      statement.execute("alter table mark_waiting drop column gone");
      for (String migration : List.of("V5__marks", "V81__marks_ascending")) {
        for (String sql : script(migration)) {
          statement.execute(sql);
        }
      }
      statement.execute("insert into mark values (1, 1, 2, 3, 1, null, x'0000000000000000', null)");
      statement.execute("insert into mark_tag values (0, 1, 1, 1, 3, 2)");
      statement.execute("insert into mark_word (rowid, words) values (1, 'word')");
      wait(connection, 2);
      wait(connection, 3, 4);
      assertThat(statement.executeUpdate("delete from flyway_schema_history where version > '84'"))
          .isEqualTo(2);
    }
  }

  private static List<String> script(String migration) throws IOException {
    String path = "/db/migration/sqlite/" + migration + ".sql";
    try (InputStream in = Objects.requireNonNull(Storage.class.getResourceAsStream(path), path)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.replaceAll("--.*", "").strip().split(";\\s*(\n|$)"));
    }
  }

  private static void wait(Connection connection, long... numbers) throws SQLException {
    ByteBuffer marks = ByteBuffer.allocate(100 * numbers.length);
    for (long number : numbers) {
      marks.putLong(number).putLong(number).putLong(number); // the change's id, time, tie
      marks.putLong(2).putInt(3).putLong(Long.MAX_VALUE); // author, kind, no expiry
      marks.putInt(Long.BYTES).putLong(0).putInt(4);
      marks.put("word".getBytes(StandardCharsets.UTF_8));
    }
    byte[] row = new byte[marks.flip().remaining()];
    marks.get(row);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into mark_waiting (id, count, marks) values (?, ?, ?)")) {
      insert.setLong(1, numbers[numbers.length - 1]);
      insert.setInt(2, numbers.length);
      insert.setBytes(3, row);
      insert.executeUpdate();
    }
  }

  private static Store open(Path folder) {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  /// Where what waits is not sorted in before the store is closed.
  private static Store openPatiently(Path folder) {
    return SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(1024, 3_600_000));
  }

  @Test
  void whatWaitedIsFoundAndSortedIn() throws SQLException {
    try (Store store = openPatiently(folder)) {
      assertThat(MarkedNumbers.found(store)).containsExactly(4L, 3L, 2L, 1L);
      assertThat(waiting(folder)).isEqualTo(3);
    }
    assertEverythingIsSortedIn(folder, 4);
  }

  @Test
  void whatComesWaitsBehindIt() throws SQLException {
    try (Store store = openPatiently(folder)) {
      NUMBERS.write(store, 5, 7);
      assertThat(MarkedNumbers.found(store)).containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
      assertThat(waiting(folder)).isEqualTo(5);
    }
    assertEverythingIsSortedIn(folder, 6);
  }

  @Test
  void aKillWhileItWaitsInTheNewTablesLosesNothing(@TempDir Path killed)
      throws IOException, SQLException {
    try (Store store = openPatiently(folder)) {
      NUMBERS.write(store, 5, 7);
      copy(folder, killed);
    }
    assertThat(waiting(killed)).isEqualTo(5);
    try (Store store = openPatiently(killed)) {
      assertThat(MarkedNumbers.found(store)).containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
    }
    assertEverythingIsSortedIn(killed, 6);
  }

  /// The new file stands there, and the log has its own tables still.
  @Test
  void aKillBeforeTheLogHasLostItsTablesBeginsAnew(@TempDir Path killed)
      throws IOException, SQLException {
    copy(folder, killed);
    open(folder).close();
    Files.copy(folder.resolve("marks.db"), killed.resolve("marks.db"));
    Files.writeString(killed.resolve("marks.db.partial"), "of another attempt");
    try (Store store = openPatiently(killed)) {
      assertThat(MarkedNumbers.found(store)).containsExactly(4L, 3L, 2L, 1L);
      assertThat(waiting(killed)).isEqualTo(3);
    }
    assertThat(killed.resolve("marks.db.partial")).doesNotExist();
    assertEverythingIsSortedIn(killed, 4);
  }

  private static void assertEverythingIsSortedIn(Path folder, int count) throws SQLException {
    assertThat(waiting(folder)).isZero();
    try (var marks = SqliteConnections.reading(folder.resolve("marks.db"))) {
      assertThat(marks.<Long>first("select count(*) from mark", row -> row.getLong(1)))
          .isEqualTo(count);
      assertThat(
              marks.<Long>first(
                  "select count(*) from mark_word where mark_word match 'word'",
                  row -> row.getLong(1)))
          .isEqualTo(count);
      assertThat(marks.<Long>first("select count(*) from mark_tag", row -> row.getLong(1)))
          .isEqualTo(count);
    }
    try (Store store = open(folder)) {
      assertThat(MarkedNumbers.found(store)).hasSize(count);
    }
    assertThat(Storage.damage(StorageConfiguration.folder(folder))).isEmpty();
  }

  private static long waiting(Path folder) throws SQLException {
    try (var log = SqliteConnections.reading(folder.resolve("anabranch.db"))) {
      return Objects.requireNonNull(
          log.first("select coalesce(sum(count), 0) from mark_waiting", row -> row.getLong(1)));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String file : List.of("anabranch.db", "anabranch.db-wal", "marks.db", "marks.db-wal")) {
      if (Files.exists(from.resolve(file))) {
        Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
