package dev.anabranch.storage.sqlite;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ScopeName;
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
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SQLite sits the exam about marked changes.
class SqliteMarksTest extends MarksContract {

  private static final String LOG = "anabranch.db";
  private static final String MARKS = "marks.db";
  private static final PageLimit ALL = new PageLimit(1000, 1 << 20);

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
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> all(Search.ALL).size() != 30 || waiting(reading) == 0);
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
    copyTo(crashed, LOG);
    copyTo(crashed, MARKS);
    closeStore();
    try (Session reading = reading(crashed)) {
      assertThat(waiting(reading)).isPositive();
      open(Storage.open(StorageConfiguration.folder(crashed)));
      assertThat(all(Search.ALL)).hasSize(30);
      await().atMost(Duration.ofSeconds(20)).until(() -> waiting(reading) == 0);
      assertThat(count(reading, "mark")).isEqualTo(30);
    }
  }

  @Test
  void nothingWaitsInAStoreThatWasClosed() throws SQLException {
    closeStore();
    openPatiently();
    fill(new Random(9), 30);
    closeStore();
    try (Session reading = reading(folder)) {
      assertThat(waiting(reading)).isZero();
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
      assertThat(waiting(reading)).isPositive();
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
  void manyBytesOfMarksAreSortedInAtOnce() throws SQLException {
    closeStore();
    openPatiently();
    List<Long> tags = LongStream.range(0, 20_000).boxed().toList();
    for (long n = 0; n < 30; n++) {
      write("e" + n, new Mark(n, 2, 3, n + 1, null, tags, Set.of()));
    }
    try (Session reading = reading(folder)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> waiting(reading) < 30);
    }
    assertThat(all(Search.ALL)).hasSize(30);
  }

  /// Whoever sorts in is behind by more than may wait: batches come on and wait for it.
  @Test
  void noMoreWaitsThanIsAllowed() {
    closeStore();
    open(SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(2, 3_600_000)));
    try (Session reading = reading(folder)) {
      for (long n = 0; n < 200; n++) {
        write("e" + n, new Mark(n, 2, 3, n + 1, null, List.of(), Set.of()));
        assertThat(waiting(reading)).isLessThanOrEqualTo(8);
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
    assertThat(all(Search.ALL)).hasSize(200);
  }

  @Test
  void whatWasSortedInButNotForgottenInACrashIsFoundOnce(@TempDir Path crashed)
      throws IOException, SQLException {
    closeStore();
    openPatiently();
    fill(new Random(9), 30);
    write("gone", new Mark(77, 2, 3, 10, null, List.of(8L), Set.of("gone")));
    write("gone", new Mark(78, 2, 3, 20, null, List.of(8L), Set.of("gone")));
    copyTo(crashed, LOG);
    closeStore();
    copyTo(crashed, MARKS);
    openStore();
    List<Found> before = all(Search.ALL);
    closeStore();
    open(Storage.open(StorageConfiguration.folder(crashed)));
    assertThat(all(Search.ALL)).isEqualTo(before);
    try (Session reading = reading(crashed)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> waiting(reading) == 0);
      assertThat(count(reading, "mark")).isEqualTo(31);
    }
    assertThat(all(Search.ALL)).isEqualTo(before);
  }

  @Test
  void whatCameAndWentWhileItWaitedIsSortedInAsNothing() throws SQLException {
    closeStore();
    openPatiently();
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    remove("a", 20);
    closeStore();
    openStore();
    assertThat(all(Search.ALL)).isEmpty();
    try (Session reading = reading(folder)) {
      assertThat(waiting(reading)).isZero();
    }
  }

  @Test
  void aFileOfMarksThatIsMissingOrOfAnotherTimeIsRefused(@TempDir Path earlier) throws IOException {
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    closeStore();
    copyTo(earlier, LOG);
    copyTo(earlier, MARKS);
    openStore();
    write("b", new Mark(2, 2, 3, 10, null, List.of(8L), Set.of()));
    closeStore();
    Path marks = folder.resolve("marks.db");
    Path kept = Files.move(marks, folder.resolve("kept"));
    assertThatThrownBy(this::openStore).hasMessageContaining("marks.db is missing; put back");
    assertThatThrownBy(this::backUp).hasMessageContaining("marks.db is missing; put back");
    Files.copy(earlier.resolve("marks.db"), marks);
    assertThatThrownBy(this::openStore).hasMessageContaining("marks.db is older than the log");
    Files.copy(kept, earlier.resolve("marks.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Storage.open(StorageConfiguration.folder(earlier)))
        .hasMessageContaining("marks.db is newer than the log");
    Files.move(kept, marks, StandardCopyOption.REPLACE_EXISTING);
    openStore();
    assertThat(all(Search.ALL)).hasSize(2);
  }

  @Test
  void aNewLogLeavesTheMarksOfAnotherOneAlone() throws IOException {
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    closeStore();
    Path log = folder.resolve("anabranch.db");
    Path kept = Files.move(log, folder.resolve("kept"));
    assertThatThrownBy(this::openStore).hasMessageContaining("marks.db is of another log");
    Files.delete(log);
    Files.move(kept, log);
    openStore();
    assertThat(all(Search.ALL)).hasSize(1);
  }

  @Test
  void aDamagedFileOfMarksIsNamed() throws IOException {
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    closeStore();
    Path marks = folder.resolve("marks.db");
    Path kept = Files.copy(marks, folder.resolve("kept"));
    Files.writeString(marks, "no database at all. ".repeat(500));
    assertThatThrownBy(this::openStore)
        .hasMessageContaining("marks.db is damaged")
        .hasMessageContaining("anabranch reindex --data ");
    Files.move(kept, marks, StandardCopyOption.REPLACE_EXISTING);
    openStore();
  }

  @Test
  void marksWaitWhileAnotherProgramKeepsTheirFile() throws SQLException {
    closeStore();
    openPatiently();
    try (Session other = SqliteConnections.writing(folder.resolve("marks.db"), 1024)) {
      other.change("update sorted set up_to = up_to");
      write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
      closeStore(); // and waits for the lock in vain
    }
    openStore();
    assertThat(all(Search.ALL)).hasSize(1);
    write("b", new Mark(2, 2, 3, 10, null, List.of(8L), Set.of()));
    assertThat(all(Search.ALL)).hasSize(2);
  }

  /// As after a restart: nothing is remembered of what stands in the rows.
  @Test
  void whatGoesIsNotFoundByWhoReadsTheRowsForTheFirstTime(@TempDir Path crashed)
      throws IOException {
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    write("b", new Mark(2, 2, 3, 20, null, List.of(8L), Set.of()));
    closeStore();
    openPatiently();
    remove("a", 30);
    copyTo(crashed, LOG);
    copyTo(crashed, MARKS);
    closeStore();
    open(SqliteStore.open(crashed, 4, 1 << 20, new SqliteMarks(1024, 3_600_000)));
    assertThat(all(Search.ALL)).extracting(Found::spot).containsExactly(new Spot(20, 2));
  }

  private void backUp() {
    Storage.backup(StorageConfiguration.folder(folder), folder.resolve("refused.db"));
  }

  @Test
  void whatARestoredFolderFoundIsMissedWhenItsFileOfMarksIsLost() throws IOException {
    fill(new Random(9), 30);
    Path backup = folder.resolve("backup.db");
    Storage.backup(StorageConfiguration.folder(folder), backup);
    Path restored = folder.resolve("restored");
    StorageConfiguration place = StorageConfiguration.folder(restored);
    Storage.restore(backup, place, new Random(4));
    Storage.open(place).close();
    Path kept = Files.move(restored.resolve("marks.db"), folder.resolve("kept"));
    assertThatThrownBy(() -> Storage.open(place)).hasMessageContaining("marks.db is missing");
    assertThat(Storage.damage(place)).hasSize(1).first().asString().contains("is missing");
    assertThatThrownBy(() -> Storage.backup(place, folder.resolve("again.db")))
        .hasMessageContaining("marks.db is missing");
    closeStore();
    Files.copy(folder.resolve("marks.db"), restored.resolve("marks.db"));
    assertThatThrownBy(() -> Storage.open(place))
        .hasMessageContaining("marks.db is not of the log beside it");
    Files.move(kept, restored.resolve("marks.db"), StandardCopyOption.REPLACE_EXISTING);
    open(Storage.open(place));
    assertThat(all(Search.ALL)).hasSize(30);
    assertThat(Storage.damage(place)).isEmpty();
  }

  @Test
  void whatWaitsOrGoesWhileAFloorIsRaisedKeepsItsOriginalOrGoesForGood() throws SQLException {
    closeStore();
    openPatiently();
    write("sorted", new Mark(1, 2, 3, 10, null, List.of(), Set.of()));
    write("replaced", new Mark(2, 2, 3, 10, null, List.of(), Set.of()));
    closeStore();
    openPatiently();
    write("replaced", new Mark(3, 2, 3, 20, null, List.of(), Set.of()));
    write("waits", new Mark(4, 2, 3, 30, null, List.of(), Set.of()));
    List<Found> before = all(Search.ALL);
    assertThat(before).extracting(found -> found.spot().tie()).containsExactly(4L, 3L, 1L);
    raiseFloor(4);
    assertThat(all(Search.ALL)).isEqualTo(before);
    try (Session reading = reading(folder)) {
      assertThat(count(reading, "change")).isZero();
      assertThat(count(reading, "mark_proof")).isEqualTo(3);
      write("waits", new Mark(5, 2, 3, 40, null, List.of(), Set.of()));
      assertThat(count(reading, "mark_proof")).isEqualTo(2);
    }
    assertThat(all(Search.ALL)).extracting(found -> found.spot().tie()).containsExactly(5L, 3L, 1L);
  }

  @Test
  void pagesAreFullThoughMoreIsGoneThanOnePageHolds() {
    closeStore();
    openPatiently();
    for (long n = 0; n < 40; n++) {
      write("e" + n, new Mark(n, 2, 3, n + 1, 5L, List.of(8L), Set.of("word")));
    }
    closeStore();
    openPatiently();
    for (int n = 0; n < 30; n++) {
      remove("e" + n, 100);
    }
    assertThat(all(Search.ALL)).hasSize(10);
    assertThat(all(word())).hasSize(10);
    assertThat(store().expired(9, new PageLimit(4, 1 << 20))).hasSize(4);
    assertThat(store().findAfter(0, new PageLimit(4, 1 << 20))).hasSize(4);
  }

  /// Each entity has one mark at every moment, and its newest is never older than the last seen.
  @Test
  void readersSeeEachMarkOnceWhileOthersAreSortedInAndReplaced() throws Exception {
    closeStore();
    open(SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(3, 1)));
    for (int n = 0; n < 50; n++) {
      write("e" + n, new Mark(n, 2, 3, n + 1, null, List.of(), Set.of("word")));
    }
    AtomicBoolean done = new AtomicBoolean();
    FutureTask<Long> writing = new FutureTask<>(() -> writeUntil(done));
    Thread.startVirtualThread(writing);
    try {
      long newest = 0;
      for (int round = 0; round < 300; round++) {
        List<Found> found = store().find(round % 2 == 0 ? Search.ALL : word(), null, ALL).found();
        assertThat(found).hasSize(50).doesNotHaveDuplicates();
        assertThat(found.getFirst().id()).isGreaterThanOrEqualTo(newest);
        newest = found.getFirst().id();
      }
    } finally {
      done.set(true);
      assertThat(writing.get()).isPositive();
    }
  }

  /// Marks are sorted in all the time meanwhile, and taken away.
  @Test
  void aBackupOfAStoreInUseFindsWhatItsLogHasAndNothingElse() throws Exception {
    closeStore();
    open(SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(3, 1)));
    AtomicBoolean done = new AtomicBoolean();
    FutureTask<Long> writing = new FutureTask<>(() -> writeUntil(done));
    Thread.startVirtualThread(writing);
    try {
      for (int round = 0; round < 5; round++) {
        Path backup = folder.resolve("backup" + round);
        Storage.backup(StorageConfiguration.folder(folder), backup);
        StorageConfiguration place = StorageConfiguration.folder(folder.resolve("r" + round));
        Storage.restore(backup, place, new Random(round));
        try (Store restored = Storage.open(place)) {
          assertThat(found(restored, Search.ALL)).isEqualTo(alive(restored));
          assertThat(found(restored, word())).isEqualTo(alive(restored));
        }
      }
    } finally {
      done.set(true);
      assertThat(writing.get()).isPositive();
    }
  }

  private long writeUntil(AtomicBoolean done) {
    Random random = new Random(4);
    long n = 100;
    for (; !done.get(); n++) {
      String id = "e" + random.nextInt(50);
      write(id, new Mark(n, 2, 3, n, null, List.of(n % 7), Set.of("word", "w" + n)));
    }
    return n;
  }

  private static Search word() {
    return new Search(
        List.of(), List.of(), List.of(), List.of(), List.of("word"), 0, Long.MAX_VALUE);
  }

  private static Set<Long> found(Store store, Search search) {
    return store.find(search, null, ALL).found().stream().map(Found::id).collect(toSet());
  }

  private static Set<Long> alive(Store store) {
    return store.snapshot(new ScopeName("user:home"), Set.of(), null, ALL).entities().stream()
        .map(Entity::id)
        .collect(toSet());
  }

  /// A log that is laid in comes scope by scope: greater ids may be sorted in before.
  @Test
  void whatIsReplacedWhileItWaitsIsFoundNoMoreWhateverIsSortedIn() throws SQLException {
    closeStore();
    openPatiently();
    write("a", new Mark(1, 2, 3, 10, null, List.of(8L), Set.of()));
    try (Session writing = SqliteConnections.writing(folder.resolve("marks.db"), 1024)) {
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
    return SqliteConnections.reading(folder.resolve("anabranch.db"), folder.resolve("marks.db"));
  }

  private void copyTo(Path other, String file) throws IOException {
    for (String ending : List.of("", "-wal")) {
      Path from = folder.resolve(file + ending);
      if (Files.exists(from)) {
        Files.copy(from, other.resolve(file + ending), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static long waiting(Session session) throws SQLException {
    return number(session, "select coalesce(sum(count), 0) from mark_waiting");
  }

  private static long count(Session session, String table) throws SQLException {
    return number(session, "select count(*) from " + table);
  }

  private static long number(Session session, String query) throws SQLException {
    session.connection().rollback(); // what it reads is of now
    return Objects.requireNonNull(session.first(query, row -> row.getLong(1)));
  }
}
