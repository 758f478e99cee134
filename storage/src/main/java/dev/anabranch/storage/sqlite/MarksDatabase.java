package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.MarkFile;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.Remarking;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.TableCopy;
import dev.anabranch.storage.sql.WaitingBatches;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The file beside the log's in which marks are found (docs/decisions/0098).
///
/// It follows the log: what a batch does to marks waits in the log's file until it stands here. A
/// backup has these tables in its one file, and so had the log's file in earlier versions; whoever
/// opens such a file moves them here.
final class MarksDatabase {

  private static final int PAGE_CACHE_KIBIBYTES = 65_536;
  private static final int VERSION = 1;
  private static final int ATTEMPTS_MAX = 10;

  private static final String HAS_TABLE =
      "select 1 from sqlite_schema where type = 'table' and name = ?";
  private static final String SORTED = "select up_to from sorted";
  private static final String NAME = "select name from sorted";
  private static final String NAMED = "select coalesce(max(name), 0) from mark_file";
  private static final String NAME_IT = "insert into mark_file (one, name) values (1, ?)";
  private static final String HEAD = "select head_id from meta";
  private static final String ANY = "select 1 from mark limit 1";
  private static final String LAST = "select coalesce(max(id), 0) from mark_waiting";

  /// What was sorted in and then forgotten leaves an empty row for its last batch.
  private static final String FORGOTTEN = LAST + " where length(marks) = 0 and length(gone) = 0";

  private static final String FILE = "marks.db";
  private static final String LOG = "log";

  private final Path database;
  private final Path file;
  private final Failures failures;

  private MarksDatabase(Path database, Path file) {
    this.database = database;
    this.file = file;
    this.failures = new SqliteFailures(file, database);
  }

  /// That of a data folder's log.
  static MarksDatabase of(Path database) {
    return new MarksDatabase(database, database.resolveSibling(FILE));
  }

  /// That of a data folder's log, which is made when it is new. The folder is the caller's.
  ///
  /// @throws StoreFailure `CORRUPT` when it is not the log's, or of another time
  static MarksDatabase prepared(Path database) {
    MarksDatabase marks = of(database);
    marks.prepare();
    return marks;
  }

  Path file() {
    return file;
  }

  /// What the driver's exceptions mean here.
  Failures failures() {
    return failures;
  }

  /// Opens it for whoever sorts in.
  MarkFile open(MarkQueries queries) throws SQLException {
    Session session = SqliteConnections.writing(file, PAGE_CACHE_KIBIBYTES);
    try {
      SqliteConnections.attach(session, database, LOG);
      return new MarkFile(session, queries, failures);
    } catch (SQLException failure) {
      session.close();
      throw failure;
    }
  }

  private void prepare() {
    WalCheck.refuseDamage(file);
    try (Session log = SqliteConnections.writing(database, 1024)) {
      if (!areAside(log)) {
        moveOut(log);
      }
      String foreign = foreign(log);
      if (foreign != null) {
        throw new StoreFailure(StoreFailure.Kind.CORRUPT, foreign);
      }
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// Why the file is not the log's of this moment; null = it is.
  ///
  /// @throws StoreFailure when it cannot be read
  @Nullable String foreign(Session log) {
    try {
      return compared(log);
    } catch (SQLException failure) {
      StoreFailure known = new SqliteFailures(file).of(failure);
      throw known.kind() == StoreFailure.Kind.CORRUPT
          ? new StoreFailure(
              StoreFailure.Kind.CORRUPT,
              file.toAbsolutePath() + " is damaged (" + failure.getMessage() + "); " + remedy(),
              failure)
          : known;
    }
  }

  private @Nullable String compared(Session log) throws SQLException {
    if (!Files.isRegularFile(file)) {
      return foreign("is missing");
    }
    log.connection().rollback(); // what it reads is of now
    long forgotten = number(log, FORGOTTEN);
    long name = number(log, NAMED);
    try (Session marks = SqliteConnections.reading(file)) {
      long version = number(marks, "pragma user_version");
      if (version > VERSION) {
        return file.toAbsolutePath()
            + " was made by a newer version of this program (version "
            + version
            + "); start that one";
      }
      if (version < VERSION || number(marks, NAME) != name) {
        return foreign("is not of the log beside it");
      }
      long sorted = number(marks, SORTED);
      log.connection().rollback(); // what waits now, for a server may be at work
      if (sorted < forgotten) {
        return foreign("is older than the log beside it");
      }
      return sorted > number(log, LAST) ? foreign("is newer than the log beside it") : null;
    }
  }

  private String foreign(String what) {
    return file.toAbsolutePath()
        + " "
        + what
        + "; put back the one that belongs to "
        + database.getFileName()
        + ", or "
        + remedy();
  }

  private String remedy() {
    return "make it anew from the log: anabranch reindex --data "
        + file.toAbsolutePath().getParent();
  }

  /// Whether a log's marks are here, and not in the log's own file as earlier versions left them.
  ///
  /// @throws StoreFailure `CORRUPT` when they are not
  boolean isBeside(Session log) throws SQLException {
    if (!areAside(log)) {
      return false;
    }
    String foreign = foreign(log);
    if (foreign != null) {
      throw new StoreFailure(StoreFailure.Kind.CORRUPT, foreign);
    }
    return true;
  }

  /// Whether the marks were moved out of a log's file. A backup has them, and so had earlier
  /// versions.
  static boolean areAside(Session log) throws SQLException {
    return hasTable(log, "mark_file") && !hasTable(log, "mark");
  }

  private static boolean hasTable(Session session, String name) throws SQLException {
    return session.first(HAS_TABLE, row -> 1, name) != null;
  }

  private static long number(Session session, String sql) throws SQLException {
    return Objects.requireNonNull(session.first(sql, row -> row.getLong(1)));
  }

  /// Moves the tables out of the log's file, which loses them last: what stands here already is of
  /// an attempt that broke off.
  private void moveOut(Session log) throws SQLException {
    refuseOther(log);
    delete();
    try (Session marks = filling()) {
      SqliteConnections.attach(marks, database, LOG);
      run(marks, script("tables"));
      for (Map.Entry<String, String> table : tables().entrySet()) {
        run(marks, "delete from main." + table.getKey()); // what a new index of words begins with
        run(
            marks,
            "insert into main.%1$s (%2$s) select %2$s from %3$s.%1$s"
                .formatted(table.getKey(), table.getValue(), LOG));
      }
      finish(marks, log, 0);
    }
    drop(log);
    log.connection().commit();
  }

  /// A log in which nothing was ever written did not leave marks here: another one's file is away.
  private void refuseOther(Session log) throws SQLException {
    if (number(log, HEAD) == 0 && Files.isRegularFile(file)) {
      try (Session marks = SqliteConnections.reading(file)) {
        if (hasTable(marks, "mark") && marks.first(ANY, row -> 1) != null) {
          throw new StoreFailure(
              StoreFailure.Kind.BROKEN,
              file.toAbsolutePath()
                  + " is of another log than the new one beside it; put its "
                  + database.getFileName()
                  + " back, or name an empty folder");
        }
      }
    }
    log.connection().rollback();
  }

  /// Makes the file anew from the originals that the log has.
  ///
  /// @return how many are found there
  long makeAnew(
      MarkQueries queries, Function<ModelName, @Nullable Marking> markings, LongConsumer progress) {
    try (Session log = SqliteConnections.writing(database, PAGE_CACHE_KIBIBYTES)) {
      Epochs.refuseUnfinished(log);
      refuseOther(log);
      delete();
      long count;
      try (Session marks = filling()) {
        run(marks, script("tables"));
        count = new Remarking(marks, queries, markings, progress).run(log);
        long last = number(log, LAST);
        log.connection().rollback(); // others may write to their tables while indexes are made
        finish(marks, log, last);
        WaitingBatches.drop(log, last);
      }
      if (!areAside(log)) {
        drop(log);
      }
      log.connection().commit();
      return count;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// A session that may make large indexes: what it sorts goes to files, not into memory.
  private Session filling() throws SQLException {
    Session marks = SqliteConnections.writing(file, PAGE_CACHE_KIBIBYTES);
    try {
      marks.connection().setAutoCommit(true);
      run(marks, "pragma temp_store = file");
      marks.connection().setAutoCommit(false);
      return marks;
    } catch (SQLException failure) {
      marks.close();
      throw failure;
    }
  }

  /// Makes the indexes and what says whose the file is, durably; the log is told the same, and not
  /// committed yet.
  private static void finish(Session marks, Session log, long upTo) throws SQLException {
    run(marks, script("indexes"));
    marks.change("update sorted set up_to = ?", upTo);
    run(marks, "pragma user_version = " + VERSION);
    marks.connection().commit();
    log.change("delete from mark_file");
    log.change(NAME_IT, number(marks, NAME));
  }

  private static void drop(Session log) throws SQLException {
    for (String table : List.of("mark_word", "mark_tag", "mark")) {
      run(log, "drop table " + table);
    }
  }

  private void delete() throws SQLException {
    try {
      for (String ending : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ending));
      }
    } catch (IOException failure) {
      throw SqliteFailures.of(file, failure);
    }
  }

  /// Copies the log's file to a new one and puts the marks into it.
  ///
  /// @param copying copies the log's file as it is at its beginning
  void copyTo(Path copy, Copying copying) throws SQLException, IOException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try (Session marks = SqliteConnections.reading(file)) {
        long sorted = number(marks, SORTED); // what is read of the marks is of now
        copying.copy();
        try (Session to = SqliteConnections.writing(copy, PAGE_CACHE_KIBIBYTES)) {
          if (number(to, FORGOTTEN) <= sorted) {
            putIn(marks, to, sorted);
            return;
          }
        }
      }
      Files.delete(copy); // what it forgot was not sorted in yet a moment before
    }
    throw new StoreFailure(
        StoreFailure.Kind.BUSY, "marks were sorted in too fast for a copy; try again");
  }

  /// Copies a file.
  @FunctionalInterface
  interface Copying {
    void copy() throws SQLException;
  }

  private static void putIn(Session marks, Session to, long sorted) throws SQLException {
    run(to, script("tables"));
    for (Map.Entry<String, String> table : tables().entrySet()) {
      run(to, "delete from " + table.getKey());
      TableCopy.copy(marks, to, table.getKey(), table.getValue());
    }
    to.change("delete from mark_waiting where id <= ?", sorted);
    to.change("delete from mark_file");
    to.connection().commit();
  }

  /// What is copied, and the columns of each; the index of words by what it consists of.
  private static SequencedMap<String, String> tables() {
    SequencedMap<String, String> tables = new LinkedHashMap<>(TableCopy.MARKS);
    tables.put("mark_word_data", "id, block");
    tables.put("mark_word_idx", "segid, term, pgno");
    tables.put("mark_word_docsize", "id, sz, origin");
    tables.put("mark_word_config", "k, v");
    return tables;
  }

  private static List<String> script(String name) {
    String path = "/db/marks/" + name + ".sql";
    try (InputStream in =
        Objects.requireNonNull(MarksDatabase.class.getResourceAsStream(path), path)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.strip().split(";\\s*(\n|$)"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void run(Session session, String sql) throws SQLException {
    run(session, List.of(sql));
  }

  private static void run(Session session, List<String> statements) throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
