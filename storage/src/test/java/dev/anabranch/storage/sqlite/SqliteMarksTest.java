package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.testkit.MarksContract;
import dev.anabranch.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SQLite sits the exam about marked changes.
class SqliteMarksTest extends MarksContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  @Override
  protected boolean isSliced() {
    return true;
  }

  @Test
  void sortsInWhatWaitsOnceItIsQuietAndFindsItAllTheTime() throws SQLException {
    fill(new Random(9), 30);
    try (Session reading = reading(folder)) {
      while (count(reading, "mark_waiting") > 0) {
        assertThat(all(Search.ALL)).hasSize(30);
      }
      assertThat(count(reading, "mark")).isEqualTo(30);
      assertThat(all(Search.ALL)).hasSize(30);
    }
  }

  @Test
  void whatWaitedInACrashIsFoundAndSortedInWhenTheStoreIsOpened(@TempDir Path crashed)
      throws IOException, SQLException {
    closeStore();
    openPatiently();
    fill(new Random(9), 30);
    for (String file : List.of("anabranch.db", "anabranch.db-wal")) {
      Files.copy(folder.resolve(file), crashed.resolve(file));
    }
    closeStore();
    try (Session reading = reading(crashed)) {
      assertThat(count(reading, "mark_waiting")).isPositive();
      open(Storage.open(StorageConfiguration.folder(crashed)));
      assertThat(all(Search.ALL)).hasSize(30);
      await().atMost(Duration.ofSeconds(20)).until(() -> count(reading, "mark") == 30);
      assertThat(count(reading, "mark_waiting")).isZero();
    }
  }

  @Test
  void nothingWaitsInAStoreThatWasClosed() throws SQLException {
    closeStore();
    openPatiently();
    fill(new Random(9), 30);
    closeStore();
    try (Session reading = reading(folder)) {
      assertThat(count(reading, "mark_waiting")).isZero();
      assertThat(count(reading, "mark")).isEqualTo(30);
    }
    openStore();
  }

  @Test
  void whatWaitsIsFoundAfterABackupOfItWasRestoredIntoPostgres() throws SQLException {
    closeStore();
    openPatiently();
    List<Spot> written =
        fill(new Random(9), 30).values().stream().map(Mark::spot).sorted().toList();
    try (Session reading = reading(folder)) {
      assertThat(count(reading, "mark_waiting")).isPositive();
    }
    Path backup = folder.resolve("backup.db");
    Storage.backup(StorageConfiguration.folder(folder), backup);
    StorageConfiguration postgres = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
    Storage.restore(backup, postgres, new Random(4));
    try (Store restored = Storage.open(postgres)) {
      PageLimit all = new PageLimit(1000, 1 << 20);
      assertThat(restored.find(Search.ALL, null, all).found())
          .extracting(Found::spot)
          .isEqualTo(written);
    }
  }

  @Test
  void marksThatAreLargeDoNotWait() throws SQLException {
    closeStore();
    openPatiently();
    List<Long> tags = LongStream.range(0, 20_000).boxed().toList();
    for (long n = 0; n < 10; n++) {
      write("e" + n, new Mark(n, 2, 3, n + 1, null, tags, Set.of()));
    }
    try (Session reading = reading(folder)) {
      Long bytes =
          reading.first(
              "select coalesce(sum(length(marks)), 0) from mark_waiting", row -> row.getLong(1));
      assertThat(bytes).isLessThan(1024 * 1024);
      assertThat(all(Search.ALL)).hasSize(10);
    }
  }

  /// A log that is laid in comes scope by scope: greater ids may be sorted in before.
  @Test
  void whatIsReplacedWhileItWaitsIsFoundNoMoreWhateverIsSortedIn() throws SQLException {
    closeStore();
    openPatiently();
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    try (Session writing = SqliteConnections.writing(folder.resolve("anabranch.db"), 1024)) {
      writing.change(
          "insert into mark (id, tie, author, kind, time, tags) values (5000, 9, 9, 9, 9, x'')");
      writing.connection().commit();
    }
    write("a", new Mark(2, 2, 3, 20, null, List.of(8L), Set.of()));
    closeStore();
    openStore();
    assertThat(all(Search.ALL)).extracting(Found::spot).containsExactly(new Spot(20, 2));
  }

  /// Where marks wait until something else than time has them sorted in.
  private void openPatiently() {
    open(SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(1024, 3_600_000)));
  }

  private static Session reading(Path folder) throws SQLException {
    return SqliteConnections.reading(folder.resolve("anabranch.db"));
  }

  private static long count(Session session, String table) throws SQLException {
    session.connection().rollback(); // what it reads is of now
    return Objects.requireNonNull(
        session.first("select count(*) from " + table, row -> row.getLong(1)));
  }
}
