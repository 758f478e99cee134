package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.TableCopy;
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

/// The file beside the log's in which marks are found (docs/decisions/0098).
///
/// It follows the log: what a batch does to marks waits in the log's file until it stands here. A
/// backup has these tables in its one file, and so had the log's file in earlier versions; whoever
/// opens such a file moves them here.
final class MarksDatabase {

  private static final int PAGE_CACHE_KIBIBYTES = 65_536;
  private static final int VERSION = 1;
  private static final int ATTEMPTS_MAX = 10;

  private static final String HAS_MARKS =
      "select 1 from sqlite_schema where type = 'table' and name = 'mark'";
  private static final String HAS_PROOFS =
      "select 1 from sqlite_schema where type = 'table' and name = 'mark_proof'";
  private static final String SORTED = "select up_to from sorted";
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
    this.failures = new SqliteFailures(file);
  }

  /// That of a data folder's log.
  static MarksDatabase of(Path database) {
    return new MarksDatabase(database, database.resolveSibling(FILE));
  }

  Path file() {
    return file;
  }

  /// What the driver's exceptions mean for this file.
  Failures failures() {
    return failures;
  }

  /// Makes the file, or finds that it belongs to the log. The folder is the caller's.
  ///
  /// @throws StoreFailure `CORRUPT` when it is not the log's, or of another time
  void prepare() {
    WalCheck.refuseDamage(file);
    try (Session log = SqliteConnections.writing(database, 1024)) {
      if (hasMarks(log)) {
        moveOut(log);
      }
      refuseMissing(log);
      long forgotten = number(log, FORGOTTEN);
      long sorted = make();
      if (sorted < forgotten) {
        throw foreign("is older than the log beside it");
      }
      if (sorted > number(log, LAST)) {
        throw foreign("is newer than the log beside it");
      }
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  private StoreFailure foreign(String what) {
    return new StoreFailure(
        StoreFailure.Kind.CORRUPT,
        file.toAbsolutePath()
            + " "
            + what
            + "; put back the one that belongs to "
            + database.getFileName()
            + ", or restore a backup");
  }

  /// Whether a log's marks are here, and not in the log's own file as earlier versions left them.
  boolean isBeside(Session log) throws SQLException {
    if (hasMarks(log) || log.first(HAS_PROOFS, row -> 1) == null) {
      return false;
    }
    refuseMissing(log);
    return Files.isRegularFile(file);
  }

  private void refuseMissing(Session log) throws SQLException {
    if (!Files.isRegularFile(file) && number(log, FORGOTTEN) > 0) {
      throw foreign("is missing");
    }
  }

  private static boolean hasMarks(Session log) throws SQLException {
    return log.first(HAS_MARKS, row -> 1) != null;
  }

  private static long number(Session session, String sql) throws SQLException {
    return Objects.requireNonNull(session.first(sql, row -> row.getLong(1)));
  }

  /// The session of whoever sorts in.
  Session writing() throws SQLException {
    Session x = SqliteConnections.writing(file, PAGE_CACHE_KIBIBYTES);
    x.connection().setAutoCommit(true);
    x.connection()
        .createStatement()
        .execute("pragma wal_autocheckpoint = " + Integer.getInteger("h.ckpt", 4096));
    x.connection().setAutoCommit(false);
    return x;
  }

  /// Makes the tables, unless they are there.
  ///
  /// @return up to which batch everything is sorted in
  private long make() throws SQLException {
    try (Session marks = SqliteConnections.writing(file, 1024)) {
      long version = number(marks, "pragma user_version");
      if (version > VERSION) {
        throw new StoreFailure(
            StoreFailure.Kind.BROKEN,
            file.toAbsolutePath()
                + " was made by a newer version of this program (version "
                + version
                + "); start that one");
      }
      if (version == 0) {
        marks.connection().setAutoCommit(true);
        marks.connection().createStatement().execute("pragma journal_mode = delete");
        marks
            .connection()
            .createStatement()
            .execute("pragma page_size = " + Integer.getInteger("h.page", 4096));
        marks.connection().createStatement().execute("vacuum");
        marks.connection().createStatement().execute("pragma journal_mode = wal");
        marks.connection().setAutoCommit(false);
        run(marks, script("tables"));
        run(marks, script("indexes"));
        finish(marks);
      }
      return number(marks, SORTED);
    }
  }

  private static void finish(Session marks) throws SQLException {
    run(marks, "pragma user_version = " + VERSION);
    marks.connection().commit();
  }

  /// Moves the tables out of the log's file, which loses them last: what stands here already is of
  /// an attempt that broke off.
  private void moveOut(Session log) throws SQLException {
    log.connection().rollback();
    delete();
    try (Session marks = writing()) {
      SqliteConnections.attach(marks, database, LOG);
      run(marks, script("tables"));
      for (Map.Entry<String, String> table : tables().entrySet()) {
        run(marks, "delete from main." + table.getKey()); // what a new index of words begins with
        run(
            marks,
            "insert into main.%1$s (%2$s) select %2$s from %3$s.%1$s"
                .formatted(table.getKey(), table.getValue(), LOG));
      }
      run(marks, script("indexes"));
      finish(marks);
    }
    drop(log);
  }

  private static void drop(Session log) throws SQLException {
    for (String table : List.of("mark_word", "mark_tag", "mark")) {
      run(log, "drop table " + table);
    }
    log.connection().commit();
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
    to.connection().commit();
  }

  /// What is copied, and the columns of each; the index of words by what it consists of.
  private static Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>(TableCopy.MARKS);
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
