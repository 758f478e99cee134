package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Readers;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.Work;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A few reading sessions that keep their prepared statements; who finds none waits.
final class SqliteReaders implements Readers {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteReaders.class);
  private static final int WAIT_SECONDS_MAX = 30;

  private final Opening opening;
  private final int sessionsMax;
  private final int waitSecondsMax;
  private final BlockingQueue<Session> idle;
  private final Failures failures;
  private final Set<Session> lost = ConcurrentHashMap.newKeySet();
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
    Session sound = sound(session);
    try {
      return work.run(sound);
    } catch (SQLException failure) {
      throw failures.of(failure);
    } finally {
      giveBack(sound);
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
    try {
      session.connection().rollback();
    } catch (SQLException failure) {
      LOG.warn("a reading session lost its transaction; another one takes its place", failure);
      lost.add(session);
    } finally {
      idle.add(session);
    }
  }

  /// A session that can be read from. One that could not go back has lost its transaction – SQLite
  /// takes one back by itself when the disk or the memory fails under it – and would begin none any
  /// more: every statement on it would see a moment of its own.
  private Session sound(Session session) {
    if (!lost.contains(session)) {
      return session;
    }
    try {
      Session fresh = opening.open();
      lost.remove(session);
      closeLost(session);
      return fresh;
    } catch (SQLException stillBroken) {
      idle.add(session);
      throw failures.of(stillBroken);
    }
  }

  private static void closeLost(Session session) {
    try {
      session.close();
    } catch (SQLException broken) {
      LOG.debug("closing a session without a transaction", broken);
    }
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
