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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file beside the log's in which marks are found (docs/decisions/0098).
///
/// It follows the log: what a batch does to marks waits in the log's file until it stands here. A
/// backup has these tables in its one file, and so had the log's file in earlier versions; whoever
/// opens such a file moves them here.
final class MarksDatabase {

  private static final Logger LOGGER = LoggerFactory.getLogger(MarksDatabase.class);
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
  private static final String COUNT = "select count(*) from mark";
  private static final String ANY = "select 1 from mark limit 1";
  private static final String LAST = "select coalesce(max(id), 0) from mark_waiting";

  /// What was sorted in and then forgotten leaves an empty row for its last batch.
  private static final String FORGOTTEN = LAST + " where length(marks) = 0 and length(gone) = 0";

  private static final String FILE = "marks.db";
  private static final String LOG = "log";
  private static final String MARKS = "marks";
  private static final String COPY = "copy";

  private final Path database;
  private final Path file;
  private final Replacement replacement;
  private final Failures failures;

  private MarksDatabase(Path database, Path file) {
    this.database = database;
    this.file = file;
    this.replacement = new Replacement(file);
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
    replacement.discard();
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

  /// Moves the tables out of the log's file, which loses them last.
  private void moveOut(Session log) throws SQLException {
    long count = number(log, COUNT);
    refuseOther(log);
    if (count > 0) {
      LOGGER.info(
          "moving the marks of {} events from {} to {}, once for this folder; nothing is served"
              + " before",
          count,
          database.getFileName(),
          file.getFileName());
    }
    fill(
        log,
        marks -> {
          SqliteConnections.attach(marks, database, LOG);
          run(marks, script("tables"));
          copyTables(marks, LOG, "main");
          return 0;
        });
    drop(log);
    log.connection().commit();
    if (count > 0) {
      LOGGER.info("moved the marks of {} events to {}", count, file.getFileName());
    }
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
      MarkQueries queries,
      Function<ModelName, @Nullable Marking> markings,
      Remarking.Listener listener) {
    try (Session log = SqliteConnections.writing(database, PAGE_CACHE_KIBIBYTES)) {
      Epochs.refuseUnfinished(log);
      refuseOther(log);
      long[] count = new long[1];
      long last =
          fill(
              log,
              marks -> {
                run(marks, script("tables"));
                count[0] = new Remarking(marks, queries, markings, listener).run(log);
                return number(log, LAST);
              });
      WaitingBatches.drop(log, last);
      if (!areAside(log)) {
        drop(log);
      }
      log.connection().commit();
      return count[0];
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// Something that fills the tables of a new file.
  @FunctionalInterface
  private interface Filling {
    /// @return the last batch of which the marks stand there
    long fill(Session marks) throws SQLException;
  }

  /// Makes the file and has it take the place of the one that is there. The log is told its name,
  /// and not committed yet.
  private long fill(Session log, Filling filling) throws SQLException {
    replacement.discard();
    try {
      long upTo;
      long name;
      try (Session marks = SqliteConnections.filling(replacement.partial(), PAGE_CACHE_KIBIBYTES)) {
        upTo = filling.fill(marks);
        // A log that has a name goes on with it, so that the new file is its own at once.
        long known = areAside(log) ? number(log, NAMED) : 0;
        log.connection().rollback(); // others may write to their tables while indexes are made
        name = finish(marks, known, upTo);
      }
      replacement.swapIn();
      log.change("delete from mark_file");
      log.change(NAME_IT, name);
      return upTo;
    } finally {
      replacement.discard();
    }
  }

  /// Makes the indexes and what says whose the file is, durably.
  ///
  /// @param known the name that the log has for it; 0 = none
  /// @return its name
  private static long finish(Session marks, long known, long upTo) throws SQLException {
    run(marks, script("indexes"));
    marks.change("update sorted set up_to = ?", upTo);
    if (known != 0) {
      marks.change("update sorted set name = ?", known);
    }
    long name = number(marks, NAME);
    run(marks, "pragma user_version = " + VERSION);
    marks.connection().commit();
    marks.connection().setAutoCommit(true);
    run(marks, "pragma main.journal_mode = wal");
    return name;
  }

  private static void drop(Session log) throws SQLException {
    for (String table : List.of("mark_word", "mark_tag", "mark")) {
      run(log, "drop table " + table);
    }
  }

  /// Copies the log's file to a new one and puts the marks into it.
  ///
  /// @param copying copies the log's file as it is at its beginning
  void copyTo(Path copy, Copying copying) throws SQLException, IOException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try (Session both = SqliteConnections.ofNoFile()) {
        SqliteConnections.attach(both, file, MARKS);
        long sorted = number(both, SORTED); // what is read of the marks is of now
        copying.copy();
        makeTables(copy);
        SqliteConnections.attachWithin(both, copy, COPY);
        if (number(both, FORGOTTEN) <= sorted) {
          putIn(both, sorted);
          return;
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

  private static void makeTables(Path copy) throws SQLException {
    try (Session to = SqliteConnections.filling(copy, PAGE_CACHE_KIBIBYTES)) {
      run(to, script("tables"));
      to.connection().commit();
    }
  }

  private static void putIn(Session both, long sorted) throws SQLException {
    copyTables(both, MARKS, COPY);
    both.change("delete from mark_waiting where id <= ?", sorted);
    both.change("delete from mark_file");
    both.connection().commit();
  }

  /// Copies the marks from one file that a session sees to another, whose tables are new.
  private static void copyTables(Session session, String from, String to) throws SQLException {
    for (Map.Entry<String, String> table : tables().entrySet()) {
      String name = table.getKey();
      run(session, "delete from " + to + "." + name); // what a new index of words has
      run(
          session,
          "insert into %1$s.%2$s (%3$s) select %3$s from %4$s.%2$s"
              .formatted(to, name, table.getValue(), from));
    }
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
