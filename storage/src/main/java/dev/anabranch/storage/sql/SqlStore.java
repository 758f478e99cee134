package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Folded;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.PageQueries.Asked;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A store over a SQL database: one writing session, several reading ones.
///
/// Fail stop: the first failure of a commit or of maintenance is kept, and every later one is
/// answered with it until the store is opened anew. Reading goes on, for everything that can be
/// read is durable.
public abstract class SqlStore implements Store {

  private final Parts parts;
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();
  // Taken before `writing`.
  private final ReentrantLock sorting = new ReentrantLock();
  private final MarkSorter sorter;
  private volatile @Nullable StoreFailure lost;

  /// What a store is made of.
  ///
  /// @param readers for everything that only reads
  /// @param writer for batches and maintenance
  /// @param epochs which history this is
  /// @param pages how bounded pages are asked for
  /// @param marks how marked changes are found
  /// @param markFile where they are, if not in the log's database
  /// @param credentials principals and their keys
  /// @param failures what the driver's exceptions mean
  public record Parts(
      Readers readers,
      LogWriter writer,
      Epochs epochs,
      PageQueries pages,
      MarkQueries marks,
      @Nullable MarkFile markFile,
      Credentials credentials,
      Failures failures) {}

  protected SqlStore(Parts parts) {
    this.parts = Objects.requireNonNull(parts);
    this.sorter = new MarkSorter(parts.marks().waitingMillisMax(), this::sortMarksIn);
    if (parts.markFile() != null) {
      sorter.soon(); // what waited when the store was last closed
    }
  }

  @Override
  public final Effects commit(Needs needs, Function<Loaded, Effects> decide) {
    MarkFile file = parts.markFile();
    if (file != null && parts.writer().hasTooManyMarks()) {
      sortIn(file, true); // waits for whoever does it already
    }
    Effects effects = write(() -> parts.writer().commit(needs, decide));
    if (file != null && !MarkWriter.hasNothing(effects)) {
      if (parts.writer().hasManyMarks()) {
        sorter.now();
      } else {
        sorter.soon();
      }
    }
    return effects;
  }

  private void sortMarksIn() {
    sortIn(Objects.requireNonNull(parts.markFile()), false);
  }

  /// Sorts marks that wait into their file, and then takes away what waited. Batches are committed
  /// meanwhile.
  ///
  /// @param whenTooMany only if too many wait still
  private void sortIn(MarkFile file, boolean whenTooMany) {
    sorting.lock();
    try {
      if (lost != null || closed.get() || (whenTooMany && !parts.writer().hasTooManyMarks())) {
        return;
      }
      WaitingMarks waiting = sortedIn(file);
      if (waiting.held()) {
        write(() -> {
          parts.writer().forgetSortedMarks(waiting.upTo());
          return parts;
        });
      }
    } finally {
      sorting.unlock();
    }
  }

  /// What waited and stands in the file now. What fails here would fail for ever while more comes
  /// to wait: no batch comes behind it.
  private WaitingMarks sortedIn(MarkFile file) {
    try {
      return file.sortIn();
    } catch (RuntimeException | Error failure) {
      if (failure instanceof StoreFailure known && known.kind() == StoreFailure.Kind.BUSY) {
        throw failure;
      }
      write(() -> {
        throw failure;
      });
      throw failure;
    }
  }

  @Override
  public final long raiseFloor(
      ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules) {
    FloorRaiser raiser = new FloorRaiser(parts.pages(), parts.marks(), rules);
    long dropped = 0;
    int step;
    do {
      step = write(() -> parts.writer().maintain(session -> raiser.step(session, scope, floorSeq)));
      dropped += step;
    } while (step > 0);
    return dropped;
  }

  @Override
  public final ScopeHead head(ScopeName scope) {
    return read(session -> LogReader.head(session, scope));
  }

  @Override
  public final List<ScopeHead> heads(@Nullable ScopeName after, int countMax) {
    return read(session -> LogReader.heads(session, after, countMax));
  }

  @Override
  public final List<Membership> memberships(
      PrincipalId principal, @Nullable ScopeName after, int countMax) {
    return read(session -> LogReader.memberships(session, principal, after, countMax));
  }

  @Override
  public final Reading read(ScopeName scope, long afterId, PageLimit limit) {
    LogReader log = new LogReader(parts.epochs(), parts.pages());
    return read(session -> log.read(session, scope, afterId, limit));
  }

  @Override
  public final Optional<Change> change(ScopeName scope, long seq) {
    return read(session -> LogReader.change(session, scope, seq));
  }

  @Override
  public final List<Change> trail(ScopeName scope, long seq, long downToSeq, PageLimit limit) {
    return read(session -> LogReader.trail(session, scope, seq, downToSeq, limit));
  }

  @Override
  public final Optional<Entity> entity(EntityKey key) {
    return read(session -> LogReader.entity(session, key));
  }

  @Override
  public final SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return entities(scope, new Asked("entity", true, models, after), limit);
  }

  @Override
  public final SnapshotPage floor(
      ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return entities(scope, new Asked("floor_entity", false, Set.of(), after), limit);
  }

  @Override
  public final SnapshotPage state(
      ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return entities(scope, new Asked("entity", false, Set.of(), after), limit);
  }

  private SnapshotPage entities(ScopeName scope, Asked asked, PageLimit limit) {
    return read(session -> parts.pages().entities(session, scope, asked, limit));
  }

  @Override
  public final Optional<Folded> folded(EntityKey key) {
    return read(session -> FoldedRow.newest(session, key));
  }

  @Override
  public final DocumentWeight weigh(EntityKey key) {
    return read(session -> WeightQuery.weigh(session, key));
  }

  @Override
  public final void keepFolded(EntityKey key, Folded folded) {
    write(() -> parts.writer().aside(session -> FoldedRow.keep(session, key, folded)));
  }

  @Override
  public final Map<PrincipalId, Holding> holdings() {
    return HoldingQuery.everywhere(this::read);
  }

  @Override
  public final Map<PrincipalId, Holding> holdings(ScopeName scope, long upToSeq) {
    return HoldingQuery.inScope(this::read, scope.text(), upToSeq);
  }

  @Override
  public final Map<PrincipalId, Holding> trailHoldings(ScopeName scope, long seq) {
    return HoldingQuery.inTrail(this::read, scope.text(), seq);
  }

  @Override
  public final Map<ModelName, String> rules() {
    return read(RuleRows::all);
  }

  @Override
  public final void keepRules(Map<ModelName, String> rules) {
    write(() -> parts.writer().aside(session -> RuleRows.keep(session, rules)));
  }

  @Override
  public final FoundPage find(Search search, @Nullable Spot after, PageLimit limit) {
    MarkReader marks = new MarkReader(parts.marks());
    return read(session -> marks.find(session, search, after, limit));
  }

  @Override
  public final List<Found> findAfter(long afterId, PageLimit limit) {
    return read(session -> new MarkReader(parts.marks()).after(session, afterId, limit));
  }

  @Override
  public final long lastMarkedId() {
    return read(session -> new MarkReader(parts.marks()).lastId(session));
  }

  @Override
  public final List<Found> expired(long time, PageLimit limit) {
    return read(session -> new MarkReader(parts.marks()).expired(session, time, limit));
  }

  @Override
  public final long epoch() {
    refuseWhenClosed();
    return parts.epochs().current();
  }

  @Override
  public final LogEnd end() {
    return parts.writer().end();
  }

  @Override
  public final Credentials credentials() {
    return parts.credentials();
  }

  @Override
  public final void probe() {
    refuseWhenClosed();
    inspect();
    read(session -> LogEnds.theRow("meta", session.first("select epoch from meta", row -> 1)));
  }

  @Override
  public final void probeWriting() {
    inspect();
    write(() -> {
      parts.writer().probe();
      return parts;
    });
  }

  private <T> T read(Work<T> work) {
    refuseWhenClosed();
    return parts.readers().read(work);
  }

  private void refuseWhenClosed() {
    if (closed.get()) {
      throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "the store is closed; open it again");
    }
  }

  /// Something that writes.
  @FunctionalInterface
  private interface Writing<T> {
    T run() throws SQLException;
  }

  private <T> T write(Writing<T> work) {
    writing.lock();
    try {
      refuseWhenClosed();
      if (lost != null) {
        throw new StoreFailure(
            lost.kind(),
            "a commit failed before; open the store again. " + lost.getMessage(),
            lost);
      }
      return attempt(work);
    } finally {
      writing.unlock();
    }
  }

  private <T> T attempt(Writing<T> work) {
    try {
      return work.run();
    } catch (SQLException failure) {
      throw lose(parts.failures().of(failure));
    } catch (StoreFailure failure) {
      throw lose(failure);
    } catch (RuntimeException | Error bug) {
      lose(new StoreFailure(StoreFailure.Kind.BROKEN, "a batch broke off: " + bug, bug));
      throw bug;
    }
  }

  /// A batch that waited in vain for a reading session is taken back, and that is all.
  private StoreFailure lose(StoreFailure failure) {
    boolean harmless = failure.kind() == StoreFailure.Kind.BUSY;
    StoreFailure found = failure;
    try {
      parts.writer().rollBack();
    } catch (SQLException broken) {
      if (harmless) {
        found = parts.failures().of(broken);
        harmless = false;
      } else {
        failure.addSuppressed(broken);
      }
    }
    if (!harmless) {
      lost = found;
    }
    return found;
  }

  @Override
  public final void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    sorter.close();
    sorting.lock();
    writing.lock();
    try {
      sortInTheEnd();
    } finally {
      try {
        release();
      } finally {
        writing.unlock();
        sorting.unlock();
      }
    }
  }

  /// What cannot be sorted in now waits for the next one who opens the store.
  private void sortInTheEnd() {
    MarkFile file = parts.markFile();
    if (lost != null || file == null) {
      return;
    }
    try {
      WaitingMarks waiting = file.sortIn();
      if (waiting.held()) {
        parts.writer().forgetSortedMarks(waiting.upTo());
      }
    } catch (SQLException | StoreFailure kept) {
      return;
    }
  }

  /// Throws [StoreFailure] when what is open is not what others would open; asked by any thread.
  protected void inspect() {}

  /// Gives everything back: sessions, threads, the ownership. Called once; it must not throw.
  protected abstract void release();
}
