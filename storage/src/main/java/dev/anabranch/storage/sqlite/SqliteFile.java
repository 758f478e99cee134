package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.Migrations;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.TableCopy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A backup: one SQLite file that holds everything, whichever database it came from. Also the log's
/// file of a data folder, which has the marks beside it.
public final class SqliteFile {

  private static final int PAGE_CACHE_KIBIBYTES = 16_384;
  private static final String LACKS_WORDS =
      "select 1 where exists (select 1 from mark) and not exists (select rowid from mark_word)";

  private final Path file;
  private final @Nullable MarksDatabase marks;
  private final Failures failures;

  /// A backup in this file.
  public SqliteFile(Path file) {
    this(file, null);
  }

  private SqliteFile(Path file, @Nullable MarksDatabase marks) {
    this.file = file;
    this.marks = marks;
    this.failures = new SqliteFailures(file);
  }

  /// The log's file of a folder.
  static SqliteFile of(Path folder) {
    Path database = DataFolder.databaseIn(folder);
    return new SqliteFile(database, MarksDatabase.of(database));
  }

  /// Something that fills a database file.
  @FunctionalInterface
  private interface Filling {
    void fill(Path partial) throws SQLException, IOException;
  }

  /// Makes it from a data folder, which may be in use: the backup holds what was durable when it
  /// began.
  public void copyOf(Path folder) {
    make(partial -> copy(DataFolder.databaseIn(folder), partial));
  }

  private static void copy(Path database, Path partial) throws SQLException, IOException {
    if (!Files.isRegularFile(database)) {
      throw new StoreFailure(
          StoreFailure.Kind.UNREACHABLE,
          "there is no database in " + database.toAbsolutePath().getParent());
    }
    try (Session session = SqliteConnections.reading(database)) {
      Epochs.refuseUnfinished(session);
      MarksDatabase marks = MarksDatabase.of(database);
      if (marks.isBeside(session)) {
        marks.copyTo(partial, () -> vacuumInto(session, partial));
      } else {
        vacuumInto(session, partial);
        refuseMoved(partial);
      }
    }
  }

  /// A first start of this version may have moved the marks out meanwhile.
  private static void refuseMoved(Path partial) throws SQLException {
    try (Session copy = SqliteConnections.reading(partial)) {
      if (MarksDatabase.areAside(copy)) {
        throw new StoreFailure(
            StoreFailure.Kind.BUSY, "the folder was being brought to this version; try again");
      }
    }
  }

  private static void vacuumInto(Session session, Path partial) throws SQLException {
    Connection connection = session.connection();
    connection.setAutoCommit(true);
    try (PreparedStatement vacuum = connection.prepareStatement("vacuum into ?")) {
      vacuum.setString(1, partial.toString());
      vacuum.execute();
    }
  }

  /// Makes it by copying the tables of another database, whose session is in a transaction.
  public void copyOf(Session from) {
    make(partial -> {
      Epochs.refuseUnfinished(from);
      SqliteStore.migrate(partial, failures);
      try (Session to = SqliteConnections.writing(partial, PAGE_CACHE_KIBIBYTES)) {
        TableCopy.everything(from, to);
        to.connection().commit();
      }
    });
  }

  /// Makes a file under another name first, so that a file of this name is always a whole one.
  private void make(Filling filling) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      if (Files.exists(file)) {
        throw new StoreFailure(
            StoreFailure.Kind.BROKEN, file.toAbsolutePath() + " is there already; name a new file");
      }
      Files.deleteIfExists(partial);
      for (Path beside : beside(partial)) {
        Files.deleteIfExists(beside); // SQLite would lay a left-over log over the new file
      }
      filling.fill(partial);
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw remove(partial, SqliteFailures.of(file, failure));
    } catch (SQLException failure) {
      throw remove(partial, failures.of(failure));
    } catch (StoreFailure failure) {
      throw remove(partial, failure);
    }
  }

  private static StoreFailure remove(Path partial, StoreFailure failure) {
    try {
      Files.deleteIfExists(partial);
      for (Path beside : beside(partial)) {
        Files.deleteIfExists(beside);
      }
    } catch (IOException left) {
      failure.addSuppressed(left);
    }
    return failure;
  }

  /// The files that SQLite keeps beside a database and reads together with it.
  private static List<Path> beside(Path database) {
    return Stream.of("-wal", "-shm", "-journal")
        .map(ending -> database.resolveSibling(database.getFileName() + ending))
        .toList();
  }

  /// Whether it has marks and the words of none, as one that PostgreSQL was copied to.
  public boolean lacksWords() {
    refuseDamage();
    if (!Migrations.isCurrent(file, failures)) {
      return false; // its tables are of another shape
    }
    try (Session session = SqliteConnections.reading(file)) {
      return session.first(LACKS_WORDS, row -> 1) != null;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// Puts it into a data folder without a database, and begins the next epoch there.
  ///
  /// @return the new epoch
  public long restoreTo(Path path, RandomGenerator random) {
    refuseDamage();
    try (DataFolder folder = DataFolder.own(path)) {
      Path database = folder.database();
      if (Files.exists(database)) {
        throw new StoreFailure(
            StoreFailure.Kind.BROKEN,
            "there is a database in " + path.toAbsolutePath() + " already; name an empty folder");
      }
      Path marks = MarksDatabase.of(database).file();
      for (Path left : Stream.concat(Stream.of(marks), beside(database).stream()).toList()) {
        if (Files.exists(left)) {
          throw new StoreFailure(
              StoreFailure.Kind.BROKEN,
              left.toAbsolutePath()
                  + " is left of another database and would be read into this one; name an empty"
                  + " folder");
        }
      }
      SqliteFile placed = new SqliteFile(database);
      long[] epoch = new long[1];
      placed.make(partial -> {
        Files.copy(file, partial);
        SqliteStore.migrate(partial, placed.failures);
        epoch[0] =
            new SqliteTransactions(partial, placed.failures)
                .<Long>run(session -> Epochs.beginNext(session, random));
      });
      return epoch[0];
    }
  }

  /// Copies it into another, empty database, whose session is in a transaction.
  ///
  /// @param marks how the other database writes its marks
  /// @throws StoreFailure `BROKEN` when another version of the program made it
  public void copyTo(Session to, MarkQueries marks) {
    refuseDamage();
    if (!Migrations.isCurrent(file, failures)) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN,
          file.toAbsolutePath()
              + " was made by another version of this program; restore it into a data folder, back"
              + " that up, and restore the new backup here");
    }
    try (Session from = SqliteConnections.reading(file)) {
      TableCopy.everything(from, to);
      TableCopy.waitingMarks(from, to, marks);
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  private void refuseDamage() {
    List<String> damage = damage();
    if (!damage.isEmpty()) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          file.toAbsolutePath() + " is damaged: " + String.join("; ", damage));
    }
  }

  /// What SQLite finds wrong in the whole file; empty when nothing.
  public List<String> damage() {
    if (!Files.isRegularFile(file)) {
      throw new StoreFailure(
          StoreFailure.Kind.UNREACHABLE, "there is no file " + file.toAbsolutePath());
    }
    try (Session session = SqliteConnections.reading(file)) {
      List<String> damage = new ArrayList<>(pages(session));
      if (marks != null && MarksDatabase.areAside(session)) {
        damage.addAll(damageOf(marks, session));
      }
      // Not over damaged pages: the list of those is worth more.
      return damage.isEmpty() ? BareEntities.damage(session) : damage;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  private static List<String> damageOf(MarksDatabase marks, Session log) throws SQLException {
    String foreign = marks.foreign(log);
    if (foreign != null) {
      return List.of(foreign);
    }
    try (Session session = SqliteConnections.reading(marks.file())) {
      return pages(session).stream().map(each -> marks.file().getFileName() + ": " + each).toList();
    } catch (SQLException failure) {
      throw marks.failures().of(failure);
    }
  }

  private static List<String> pages(Session session) throws SQLException {
    List<String> damage = new ArrayList<>();
    try (Statement statement = session.connection().createStatement();
        ResultSet rows = statement.executeQuery("pragma integrity_check(20)")) {
      while (rows.next()) {
        damage.add(rows.getString(1));
      }
    }
    damage.remove("ok");
    return damage;
  }
}
