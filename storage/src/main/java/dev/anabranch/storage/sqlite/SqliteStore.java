package dev.anabranch.storage.sqlite;

import com.zaxxer.hikari.HikariDataSource;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.FolderLock;
import dev.anabranch.storage.Migrations;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.FloorRaiser;
import dev.anabranch.storage.sql.SqlCredentials;
import dev.anabranch.storage.sql.SqlReader;
import dev.anabranch.storage.sql.WriterMemory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The store in one SQLite file: WAL, `synchronous=FULL`, one writing connection and a few that
/// read.
///
/// Whoever opens it owns the data folder until it is closed.
public final class SqliteStore implements Store {

  /// The database's file in the data folder.
  public static final String FILE = "anabranch.db";

  private final FolderLock lock;
  private final HikariDataSource readers;
  private final Connection writer;
  private final SqliteFailures failures;
  private final WriterMemory memory = new WriterMemory();
  private final SqliteLoaded loaded;
  private final SqliteEffects effects;
  private final Epochs epochs;
  private final SqlReader reader;
  private boolean failed;

  private SqliteStore(FolderLock lock, Path file, HikariDataSource readers, Connection writer)
      throws SQLException {
    this.lock = lock;
    this.readers = readers;
    this.writer = writer;
    this.failures = new SqliteFailures(file);
    this.epochs = Epochs.read(writer);
    this.loaded = new SqliteLoaded(writer, memory, failures);
    this.effects = new SqliteEffects(writer, loaded, memory);
    this.reader = new SqlReader(readers, failures, epochs);
    writer.rollback();
  }

  /// Opens the database in a data folder, which is made when it is not there.
  public static SqliteStore open(Path folder) {
    FolderLock lock = FolderLock.take(folder);
    Path file = folder.resolve(FILE);
    HikariDataSource readers = null;
    try {
      Migrations.sqlite(file, new SqliteFailures(file));
      readers = SqliteConnections.readers(file);
      return new SqliteStore(lock, file, readers, SqliteConnections.writer(file));
    } catch (SQLException exception) {
      release(readers, lock);
      throw new SqliteFailures(file).of(exception);
    } catch (RuntimeException failure) {
      release(readers, lock);
      throw failure;
    }
  }

  private static void release(@Nullable HikariDataSource readers, FolderLock lock) {
    if (readers != null) {
      readers.close();
    }
    lock.close();
  }

  @Override
  public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
    if (failed) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN, "an earlier commit failed; the store must be opened again");
    }
    boolean done = false;
    try {
      loaded.begin();
      Effects made = decide.apply(loaded);
      if (made.isEmpty()) {
        writer.rollback();
      } else {
        effects.write(made);
        writer.commit();
        memory.committed(made);
      }
      done = true;
      return made;
    } catch (SQLException exception) {
      throw failures.of(exception);
    } finally {
      failed = !done;
    }
  }

  @Override
  public long raiseFloor(ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules) {
    long dropped = 0;
    try {
      int step;
      do {
        step = FloorRaiser.step(writer, scope, floorSeq, rules);
        writer.commit();
        memory.forget(scope);
        dropped += step;
      } while (step > 0);
      return dropped;
    } catch (SQLException exception) {
      failed = true;
      throw failures.of(exception);
    }
  }

  @Override
  public ScopeHead head(ScopeName scope) {
    return reader.head(scope);
  }

  @Override
  public List<ScopeHead> heads(@Nullable ScopeName after, int countMax) {
    return reader.heads(after, countMax);
  }

  @Override
  public Reading read(ScopeName scope, long afterId, PageLimit limit) {
    return reader.read(scope, afterId, limit);
  }

  @Override
  public Optional<Change> change(ScopeName scope, long seq) {
    return reader.change(scope, seq);
  }

  @Override
  public Optional<Entity> entity(EntityKey key) {
    return reader.entity(key);
  }

  @Override
  public SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return reader.snapshot(scope, models, after, limit);
  }

  @Override
  public SnapshotPage floor(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return reader.floor(scope, after, limit);
  }

  @Override
  public SnapshotPage state(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return reader.state(scope, after, limit);
  }

  @Override
  public long epoch() {
    return epochs.current();
  }

  @Override
  public Credentials credentials() {
    return new SqlCredentials(readers, failures);
  }

  @Override
  public void probe() {
    long unused = reader.ask(connection -> Epochs.read(connection).current());
  }

  @Override
  public void close() {
    try {
      loaded.close();
      effects.close();
      writer.close();
    } catch (SQLException exception) {
      throw failures.of(exception);
    } finally {
      release(readers, lock);
    }
  }
}
