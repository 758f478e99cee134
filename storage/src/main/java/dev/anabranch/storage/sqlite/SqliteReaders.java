package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Readers;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.Work;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A few reading sessions that keep their prepared statements; who finds none waits.
final class SqliteReaders implements Readers {

  private static final int WAIT_SECONDS_MAX = 30;

  private final Opening opening;
  private final int sessionsMax;
  private final int waitSecondsMax;
  private final BlockingQueue<Session> idle;
  private final Failures failures;
  private volatile boolean closed;

  private SqliteReaders(Opening opening, int sessionsMax, int waitSecondsMax, Failures failures) {
    this.opening = opening;
    this.sessionsMax = sessionsMax;
    this.waitSecondsMax = waitSecondsMax;
    this.idle = new ArrayBlockingQueue<>(sessionsMax);
    this.failures = failures;
  }

  /// Opens a session.
  @FunctionalInterface
  interface Opening {
    Session open() throws SQLException;
  }

  static SqliteReaders open(Opening opening, int sessionsMax, Failures failures)
      throws SQLException {
    return open(opening, sessionsMax, WAIT_SECONDS_MAX, failures);
  }

  /// @param waitSecondsMax how long somebody waits for a session
  static SqliteReaders open(Opening opening, int sessionsMax, int waitSecondsMax, Failures failures)
      throws SQLException {
    SqliteReaders readers = new SqliteReaders(opening, sessionsMax, waitSecondsMax, failures);
    try {
      for (int count = 0; count < sessionsMax; count++) {
        readers.idle.add(opening.open());
      }
      return readers;
    } catch (SQLException failure) {
      for (Session session : readers.idle) {
        session.close();
      }
      throw failure;
    }
  }

  @Override
  public <T> T read(Work<T> work) {
    Session session = take();
    if (closed) {
      idle.add(session); // for the next one that waits
      throw new StoreFailure(
          StoreFailure.Kind.UNREACHABLE, "the store was closed meanwhile; open it again");
    }
    try {
      return work.run(session);
    } catch (SQLException failure) {
      throw failures.of(failure);
    } finally {
      giveBack(session);
    }
  }

  private Session take() {
    @Nullable Session session;
    try {
      session = idle.poll(waitSecondsMax, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "interrupted while waiting to read");
    }
    if (session == null) {
      throw new StoreFailure(
          StoreFailure.Kind.BUSY,
          "all " + sessionsMax + " reading sessions were busy for " + waitSecondsMax + " seconds");
    }
    return session;
  }

  private void giveBack(Session session) {
    Session next = session;
    try {
      session.connection().rollback();
    } catch (SQLException broken) {
      next = insteadOf(session);
    } finally {
      idle.add(next);
    }
  }

  /// A session that cannot go back has lost its transaction – SQLite takes one back by itself when
  /// the disk or the memory fails under it – and would begin none any more: every read on it would
  /// see a moment of its own. Where no other can be opened either, the next one who reads tries.
  private Session insteadOf(Session lost) {
    Session fresh;
    try {
      fresh = opening.open();
    } catch (SQLException stillBroken) {
      return lost;
    }
    try {
      lost.close();
    } catch (SQLException broken) {
      return fresh; // what was lost holds nothing that the fresh one needs
    }
    return fresh;
  }

  /// Waits for those who read, then closes their sessions; whoever waits for one is told so.
  @Override
  public void close() {
    closed = true;
    List<Session> sessions = new ArrayList<>();
    try {
      while (sessions.size() < sessionsMax) {
        Session session = take();
        sessions.add(session);
        session.close();
      }
    } catch (SQLException failure) {
      throw failures.of(failure);
    } finally {
      idle.addAll(sessions);
    }
  }
}
