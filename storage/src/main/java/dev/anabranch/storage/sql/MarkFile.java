package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.sql.SQLException;
import java.util.Objects;

/// The file of marks as its one writer sees it, on a connection of its own: sorting in what waits
/// keeps no batch of the log waiting (docs/decisions/0098). Used by one thread at a time.
public final class MarkFile implements AutoCloseable {

  private static final String SORTED = "update sorted set up_to = ? where one = 1 and up_to = ?";

  private final Session session;
  private final WaitingBatches batches;
  private final MarkIndexes indexes;
  private final Failures failures;

  /// A writer over an open session, which it closes in the end.
  ///
  /// @param session writes the file of marks and reads the log's
  /// @param queries how words are written, and what waits
  /// @param failures what the driver's exceptions mean
  public MarkFile(Session session, MarkQueries queries, Failures failures) {
    this.session = session;
    this.batches = Objects.requireNonNull(queries.waiting(), "marks wait");
    this.indexes = new MarkIndexes(queries);
    this.failures = failures;
  }

  /// Sorts in what waits, in one transaction that is durable in the end.
  ///
  /// @return what waited
  /// @throws StoreFailure `BUSY` when another program keeps the file, `FENCED` when it was sorted
  ///   in by somebody else
  WaitingMarks sortIn() {
    WaitingMarks waiting =
        inTransaction(() -> {
          WaitingMarks read = batches.read(session);
          session.connection().rollback();
          return read;
        });
    return waiting.isSortedIn() ? waiting : sortedIn(waiting);
  }

  private WaitingMarks sortedIn(WaitingMarks waiting) {
    return inTransaction(() -> {
      // First, for it takes the lock: whoever has it is met before anything was done.
      if (session.change(SORTED, waiting.upTo(), waiting.sorted()) != 1) {
        throw new StoreFailure(
            StoreFailure.Kind.FENCED,
            "somebody else writes to the file of marks; stop one of the two");
      }
      indexes.apply(session, waiting);
      session.connection().commit();
      return waiting;
    });
  }

  /// Something that is taken back when it fails.
  @FunctionalInterface
  private interface Step {
    WaitingMarks run() throws SQLException;
  }

  private WaitingMarks inTransaction(Step step) {
    try {
      session.connection().rollback(); // what an error left, be it out of memory
      return step.run();
    } catch (SQLException failure) {
      takeBack(failure);
      throw known(failures.of(failure));
    } catch (RuntimeException failure) {
      takeBack(failure);
      throw failure;
    }
  }

  /// A lock passes; what the file refuses now it would refuse for ever.
  private static StoreFailure known(StoreFailure failure) {
    return switch (failure.kind()) {
      case LOCKED -> as(StoreFailure.Kind.BUSY, failure);
      case BROKEN -> as(StoreFailure.Kind.CORRUPT, failure);
      case BUSY, CORRUPT, FULL, UNREACHABLE, FENCED -> failure;
    };
  }

  private static StoreFailure as(StoreFailure.Kind kind, StoreFailure failure) {
    return new StoreFailure(kind, Objects.requireNonNull(failure.getMessage()), failure);
  }

  private void takeBack(Exception failure) {
    try {
      session.connection().rollback();
    } catch (SQLException alsoThat) {
      failure.addSuppressed(alsoThat); // SQLite may have taken it back already
    }
  }

  @Override
  public void close() throws SQLException {
    session.close();
  }
}
