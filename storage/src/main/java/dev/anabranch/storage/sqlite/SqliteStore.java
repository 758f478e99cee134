package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.LogWriter;
import dev.anabranch.storage.sql.MarkFile;
import dev.anabranch.storage.sql.Migrations;
import dev.anabranch.storage.sql.PageQueries;
import dev.anabranch.storage.sql.Readers;
import dev.anabranch.storage.sql.Remarking;
import dev.anabranch.storage.sql.Reopening;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.SqlCredentials;
import dev.anabranch.storage.sql.SqlStore;
import dev.anabranch.storage.sql.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The store in the files of a data folder that this process owns.
///
/// SQLite in WAL mode with `synchronous=FULL`: a commit returns after the disk has it (K6). Others
/// may read the file meanwhile, with any SQLite tool.
public final class SqliteStore extends SqlStore {

  private static final int PAGE_CACHE_KIBIBYTES = 65_536;

  private final Parts parts;
  private final Session writing;
  private final DataFolder folder;
  private final OpenedFiles files;

  private SqliteStore(Parts parts, Session writing, DataFolder folder, OpenedFiles files) {
    super(parts);
    this.parts = parts;
    this.writing = writing;
    this.folder = folder;
    this.files = files;
  }

  /// Opens the store in a folder; both are made when they are not there.
  ///
  /// @param readersMax how many threads may read at a time
  /// @param cacheBytesMax about how much memory the writer's cache may take
  /// @throws dev.anabranch.kernel.store.StoreFailure `LOCKED` when another process owns the folder
  public static SqliteStore open(Path path, int readersMax, long cacheBytesMax) {
    return open(path, readersMax, cacheBytesMax, (Reopening) null);
  }

  /// Likewise.
  ///
  /// @param reopening null = this process had it not open before
  public static SqliteStore open(
      Path path, int readersMax, long cacheBytesMax, @Nullable Reopening reopening) {
    return open(path, readersMax, cacheBytesMax, new SqliteMarks(), reopening);
  }

  static SqliteStore open(Path path, int readersMax, long cacheBytesMax, SqliteMarks marks) {
    return open(path, readersMax, cacheBytesMax, marks, null);
  }

  private static SqliteStore open(
      Path path,
      int readersMax,
      long cacheBytesMax,
      SqliteMarks marks,
      @Nullable Reopening reopening) {
    if (reopening != null && !Files.isRegularFile(DataFolder.databaseIn(path))) {
      throw new StoreFailure(
          StoreFailure.Kind.UNREACHABLE,
          DataFolder.databaseIn(path).toAbsolutePath()
              + " is not there any more; put it back, or stop the server and restore a backup");
    }
    DataFolder folder = DataFolder.own(path);
    try {
      if (reopening != null) {
        folder.refuseWithoutRoom();
      }
      Path database = folder.database();
      Failures failures = new SqliteFailures(database);
      WalCheck.refuseDamage(database);
      migrate(database, failures);
      MarksDatabase beside = MarksDatabase.prepared(database);
      try {
        return open(folder, readersMax, cacheBytesMax, marks, beside, reopening);
      } catch (SQLException failure) {
        throw failures.of(failure);
      }
    } catch (RuntimeException failure) {
      folder.close();
      throw failure;
    }
  }

  /// Makes the file of marks of a folder anew that nobody has open, from the originals in its log.
  ///
  /// @param markings of each model that has any
  /// @param listener hears how far it has come
  /// @return how many are found
  public static long reindex(
      Path path, Function<ModelName, @Nullable Marking> markings, Remarking.Listener listener) {
    try (DataFolder folder = DataFolder.own(path)) {
      Path database = folder.database();
      WalCheck.refuseDamage(database);
      migrate(database, new SqliteFailures(database));
      return MarksDatabase.of(database).makeAnew(new SqliteMarks(), markings, listener);
    }
  }

  private static SqliteStore open(
      DataFolder folder,
      int readersMax,
      long cacheBytesMax,
      SqliteMarks marks,
      MarksDatabase beside,
      @Nullable Reopening reopening)
      throws SQLException {
    Path database = folder.database();
    Path marksFile = beside.file();
    Failures failures = new SqliteFailures(database, marksFile);
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      Session writing = SqliteConnections.writing(database, marksFile, PAGE_CACHE_KIBIBYTES);
      opened.add(writing);
      if (reopening != null) {
        reopening.settle(writing);
      }
      MarkFile markFile = beside.open(marks);
      opened.add(markFile);
      SqliteReaders readers =
          SqliteReaders.open(
              () -> SqliteConnections.reading(database, marksFile), readersMax, failures);
      opened.add(readers);
      OpenedFiles files = new OpenedFiles(database, marksFile);
      opened.add(files);
      LogWriter writer = LogWriter.open(new SqliteBatch(writing, marks, files), cacheBytesMax);
      Parts parts = parts(database, readers, writer, marks, markFile, failures);
      return new SqliteStore(parts, writing, folder, files);
    } catch (SQLException | RuntimeException failure) {
      closeAll(opened, failure);
      throw failure;
    }
  }

  private static void closeAll(List<AutoCloseable> opened, Exception failure) {
    for (AutoCloseable each : opened.reversed()) {
      try {
        each.close();
      } catch (Exception alsoThat) {
        failure.addSuppressed(alsoThat);
      }
    }
  }

  private static Parts parts(
      Path database,
      SqliteReaders readers,
      LogWriter writer,
      SqliteMarks marks,
      MarkFile markFile,
      Failures failures) {
    return new Parts(
        readers,
        writer,
        readers.read(Epochs::load),
        PageQueries.streamed(),
        marks,
        markFile,
        new SqlCredentials(readers, new SqliteTransactions(database, failures)),
        failures);
  }

  /// Does something with the credentials in a folder that may be in use.
  public static <T> T withCredentials(Path path, Function<Credentials, T> work) {
    Path database = DataFolder.databaseIn(path);
    Failures failures = new SqliteFailures(database);
    if (!Files.isRegularFile(database)) {
      throw new StoreFailure(
          StoreFailure.Kind.UNREACHABLE, "there is no database in " + path.toAbsolutePath());
    }
    try (SqliteReaders readers =
        SqliteReaders.open(() -> SqliteConnections.reading(database), 1, failures)) {
      return work.apply(new SqlCredentials(readers, new SqliteTransactions(database, failures)));
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// The database file of a folder.
  public static SqliteFile file(Path path) {
    return SqliteFile.of(path);
  }

  /// Begins the next epoch in a folder that nobody has open.
  ///
  /// @return the new epoch
  public static long beginEpoch(Path path, RandomGenerator random) {
    return alone(path, session -> Epochs.beginNext(session, random));
  }

  /// Marks a new folder, made when it is not there, that another database's log will be laid into.
  public static void beginFilling(Path path) {
    alone(
        path,
        session -> {
          Epochs.beginFilling(session);
          return 0L;
        });
  }

  /// Begins the next epoch behind those of another database, whose log was laid into a folder that
  /// nobody has open.
  ///
  /// @return the new epoch
  public static long beginEpochAfter(Epochs before, Path path, RandomGenerator random) {
    return alone(
        path,
        session -> {
          before.adoptIn(session);
          return Epochs.beginNext(session, random);
        });
  }

  /// Which history a folder holds, which may be in use.
  public static Epochs epochs(Path path) {
    Path database = DataFolder.databaseIn(path);
    try (Session session = SqliteConnections.reading(database)) {
      return Epochs.load(session);
    } catch (SQLException failure) {
      throw new SqliteFailures(database).of(failure);
    }
  }

  /// Runs one transaction as the folder's owner.
  private static long alone(Path path, Work<Long> work) {
    try (DataFolder folder = DataFolder.own(path)) {
      Failures failures = new SqliteFailures(folder.database());
      WalCheck.refuseDamage(folder.database());
      migrate(folder.database(), failures);
      return new SqliteTransactions(folder.database(), failures).<Long>run(work);
    }
  }

  /// Brings the tables of a database file up to date; makes it when it is not there.
  static void migrate(Path database, Failures failures) {
    try {
      SqliteConnections.writing(database, 1024).close();
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
    Migrations.sqlite(database, failures);
  }

  @Override
  public void whenInDoubt(Runnable told) {
    files.whenReplaced(told);
  }

  @Override
  protected void inspect() {
    files.refuseReplaced();
  }

  Readers readers() {
    return parts.readers();
  }

  @Override
  protected void release() {
    try (folder;
        writing;
        MarkFile ignored = parts.markFile();
        files) {
      parts.readers().close();
    } catch (SQLException failure) {
      throw parts.failures().of(failure);
    }
  }
}
