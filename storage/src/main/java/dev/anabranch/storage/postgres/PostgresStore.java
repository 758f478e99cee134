package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.LogWriter;
import dev.anabranch.storage.sql.PageQueries;
import dev.anabranch.storage.sql.Remarking;
import dev.anabranch.storage.sql.Reopening;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.SqlCredentials;
import dev.anabranch.storage.sql.SqlStore;
import dev.anabranch.storage.sql.TableCopy;
import dev.anabranch.storage.sql.Work;
import dev.anabranch.storage.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The store in a PostgreSQL database of which this process holds the [Lease].
///
/// A commit returns after the server has flushed it (`synchronous_commit=on`, K6).
public final class PostgresStore extends SqlStore {

  private final Parts parts;
  private final Session writing;
  private final Lease lease;

  private PostgresStore(Parts parts, Session writing, Lease lease) {
    super(parts);
    this.parts = parts;
    this.writing = writing;
    this.lease = lease;
  }

  /// Opens the store in a database, which must be there; its tables are made when they are not.
  ///
  /// @param readersMax how many threads may read at a time
  /// @param cacheBytesMax about how much memory the writer's cache may take
  /// @throws dev.anabranch.kernel.store.StoreFailure `LOCKED` when another process holds the lease
  public static PostgresStore open(PostgresAddress place, int readersMax, long cacheBytesMax) {
    return open(place, readersMax, cacheBytesMax, null);
  }

  /// Likewise.
  ///
  /// @param reopening null = this process had it not open before
  public static PostgresStore open(
      PostgresAddress place, int readersMax, long cacheBytesMax, @Nullable Reopening reopening) {
    Failures failures = new PostgresFailures(place);
    try {
      PostgresConnections connections = new PostgresConnections(place);
      Session writing = connections.writing();
      try {
        Lease lease = own(writing, connections, place, failures);
        return open(writing, lease, connections, readersMax, cacheBytesMax, reopening, failures);
      } catch (SQLException | RuntimeException failure) {
        writing.close();
        throw failure;
      }
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  private static PostgresStore open(
      Session writing,
      Lease lease,
      PostgresConnections connections,
      int readersMax,
      long cacheBytesMax,
      @Nullable Reopening reopening,
      Failures failures)
      throws SQLException {
    try {
      if (reopening != null) {
        reopening.settle(writing);
      }
      LogWriter writer = LogWriter.open(new PostgresBatch(writing, lease), cacheBytesMax);
      PostgresReaders readers = new PostgresReaders(connections.readers(readersMax), failures);
      try {
        return new PostgresStore(parts(writer, readers, connections, failures), writing, lease);
      } catch (RuntimeException failure) {
        readers.close();
        throw failure;
      }
    } catch (SQLException | RuntimeException failure) {
      lease.close();
      throw failure;
    }
  }

  private static Parts parts(
      LogWriter writer,
      PostgresReaders readers,
      PostgresConnections connections,
      Failures failures) {
    return new Parts(
        readers,
        writer,
        readers.read(Epochs::load),
        PageQueries.whole(),
        new PostgresMarks(),
        null,
        new SqlCredentials(readers, new PostgresTransactions(connections, failures)),
        failures);
  }

  /// Tables that are there belong to their holder: the lease comes first. Where there are none,
  /// they are made first.
  private static Lease own(
      Session writing, PostgresConnections connections, PostgresAddress place, Failures failures)
      throws SQLException {
    String table = writing.first("select to_regclass('lease')::text", row -> row.getString(1));
    writing.connection().rollback();
    if (table == null) {
      connections.migrate(failures);
    }
    Lease lease = Lease.take(writing, connections, place);
    try {
      if (table != null) {
        connections.migrate(failures);
      }
      lease.fence(writing);
      return lease;
    } catch (SQLException | RuntimeException failure) {
      lease.close();
      throw failure;
    }
  }

  /// Begins the next epoch in a database that nobody has open.
  ///
  /// @return the new epoch
  public static long beginEpoch(PostgresAddress place, RandomGenerator random) {
    return alone(place, session -> Epochs.beginNext(session, random));
  }

  /// Marks a new database that another one's log will be laid into.
  public static void beginFilling(PostgresAddress place) {
    alone(
        place,
        session -> {
          Epochs.beginFilling(session);
          return 0L;
        });
  }

  /// Begins the next epoch behind those of another database, whose log was laid into one that
  /// nobody has open.
  ///
  /// @return the new epoch
  public static long beginEpochAfter(Epochs before, PostgresAddress place, RandomGenerator random) {
    return alone(
        place,
        session -> {
          before.adoptIn(session);
          return Epochs.beginNext(session, random);
        });
  }

  /// Which history a database holds, which may be in use.
  public static Epochs epochs(PostgresAddress place) {
    try (Session session = new Session(new PostgresConnections(place).open())) {
      return Epochs.load(session);
    } catch (SQLException failure) {
      throw new PostgresFailures(place).of(failure);
    }
  }

  /// Runs one transaction as the database's owner.
  private static <T> T alone(PostgresAddress place, Work<T> work) {
    Failures failures = new PostgresFailures(place);
    PostgresConnections connections = new PostgresConnections(place);
    try (Session writing = connections.writing();
        Lease ignored = own(writing, connections, place, failures)) {
      T result = work.run(writing);
      writing.connection().commit();
      return result;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// Does something with the credentials of a database that may be in use.
  public static <T> T withCredentials(PostgresAddress place, Function<Credentials, T> work) {
    Failures failures = new PostgresFailures(place);
    PostgresConnections connections = new PostgresConnections(place);
    try {
      connections.open().close(); // it finds the schema, in which the readers read
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
    try (PostgresReaders readers = new PostgresReaders(connections.readers(1), failures)) {
      return work.apply(
          new SqlCredentials(readers, new PostgresTransactions(connections, failures)));
    }
  }

  /// Copies everything into a backup file, from one snapshot; the database may be in use.
  public static void backUp(PostgresAddress place, SqliteFile backup) {
    Failures failures = new PostgresFailures(place);
    PostgresConnections connections = new PostgresConnections(place);
    try (Session reading = new Session(connections.open())) {
      connections.refuseOtherTables(failures);
      Connection connection = reading.connection();
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      backup.copyOf(reading);
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  /// Copies a backup file into an empty database that nobody has open, and begins the next epoch
  /// there.
  ///
  /// @return the new epoch
  public static long restore(SqliteFile backup, PostgresAddress place, RandomGenerator random) {
    return alone(
        place,
        writing -> {
          if (!TableCopy.isEmpty(writing)) {
            throw new StoreFailure(
                StoreFailure.Kind.BROKEN, place + " is not empty; name an empty database");
          }
          backup.copyTo(writing, new PostgresMarks());
          return Epochs.beginNext(writing, random);
        });
  }

  /// Makes the tables anew in which marked changes are found, of a database that nobody has open,
  /// from the originals in its log. What breaks off on the way leaves them as they were.
  ///
  /// @param markings of each model that has any
  /// @param listener hears how far it has come
  /// @return how many are found
  public static long reindex(
      PostgresAddress place,
      Function<ModelName, @Nullable Marking> markings,
      Remarking.Listener listener) {
    return alone(
        place,
        writing -> {
          writing.change("truncate mark, mark_tag, mark_word");
          return new Remarking(writing, new PostgresMarks(), markings, listener).run(writing);
        });
  }

  /// Leaves the lease to run out and the sessions open, as a server does that hangs.
  void abandon() {
    lease.abandon();
  }

  @Override
  public void whenInDoubt(Runnable told) {
    lease.whenInDoubt(told);
  }

  @Override
  protected void release() {
    parts.readers().close();
    lease.close();
    try {
      writing.close();
    } catch (SQLException failure) {
      throw parts.failures().of(failure);
    }
  }
}
