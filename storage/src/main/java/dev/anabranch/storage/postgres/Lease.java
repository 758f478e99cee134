package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.LogEnds;
import dev.anabranch.storage.sql.Session;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The right to write to a database, for one term.
///
/// Whoever takes it raises the term and then [#fence]s the log; every batch moves the head only
/// where the log is of the writer's own term, so that an owner who was replaced writes nothing
/// more, however late he wakes up. The owner renews the lease every [#BEAT_SECONDS]; it counts as
/// dead when the lease ran out after [#LEASE_SECONDS] or when the server no longer has its
/// connection. That one says nothing by itself while nobody writes: the beat, which has a
/// connection of its own, looks for it.
final class Lease implements AutoCloseable {

  static final int LEASE_SECONDS = 10;
  static final int BEAT_SECONDS = 2;
  private static final double POLL_SECONDS = 0.25;

  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private static final String HAS_WRITER =
      "exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid"
          + " and (a.backend_start is null or a.backend_start = l.backend_start))";
  private static final String LOOK =
      "select l.holder, l.expires_at::text, l.expires_at > clock_timestamp() and "
          + HAS_WRITER
          + " from lease l where l.one = 1 for update of l";
  private static final String TAKE =
      "update lease set term = term + 1, holder = ?, backend_pid = pg_backend_pid(), backend_start"
          + " = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),"
          + " expires_at = clock_timestamp() + make_interval(secs => "
          + LEASE_SECONDS
          + ") where one = 1 returning term";
  private static final String FENCE =
      "update meta set term = ? where one = 1 and term < ?"
          + " and exists (select 1 from lease where one = 1 and term = ?)";
  private static final String RENEW =
      "update lease l set expires_at = clock_timestamp() + make_interval(secs => "
          + LEASE_SECONDS
          + ") where l.one = 1 and l.term = ? returning "
          + HAS_WRITER;
  private static final String GIVE_BACK =
      "update lease set expires_at = '-infinity' where one = 1 and term = ?";

  private final long term;
  private final PostgresConnections connections;
  private final ScheduledExecutorService beat;
  private final ScheduledFuture<?> beating;
  private final CompletableFuture<Void> taken = new CompletableFuture<>();
  private final AtomicReference<Runnable> doubting = new AtomicReference<>(() -> {});
  // Both are the beat's thread's own.
  private @Nullable Connection connection;
  private boolean doubts;

  private Lease(long term, PostgresConnections connections) {
    this.term = term;
    this.connections = connections;
    this.beat =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("anabranch-lease").factory());
    this.beating =
        beat.scheduleWithFixedDelay(this::renew, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
  }

  /// Takes the lease on a session whose connection stays open as long as the lease is held, and
  /// keeps renewing it.
  ///
  /// A holder who shows no sign of life is waited for until its lease runs out.
  ///
  /// @throws StoreFailure `LOCKED` as soon as the holder renews it
  static Lease take(Session writing, PostgresConnections connections, PostgresAddress place)
      throws SQLException {
    String firstExpiry = null;
    while (true) {
      Holder holder = look(writing);
      if (!holder.lives()) {
        return new Lease(raiseTerm(writing), connections);
      }
      writing.connection().rollback();
      if (firstExpiry != null && !firstExpiry.equals(holder.expiresAt())) {
        throw locked(place, holder);
      }
      firstExpiry = holder.expiresAt();
      writing.first("select 1 from pg_sleep(" + POLL_SECONDS + ")", row -> 1);
      writing.connection().rollback();
    }
  }

  private record Holder(String name, String expiresAt, boolean lives) {}

  private static Holder look(Session writing) throws SQLException {
    return LogEnds.theRow(
        "lease",
        writing.first(
            LOOK, row -> new Holder(row.getString(1), row.getString(2), row.getBoolean(3))));
  }

  private static long raiseTerm(Session writing) throws SQLException {
    String name = "process " + ManagementFactory.getRuntimeMXBean().getName();
    PreparedStatement take = writing.bind(TAKE, name);
    try (ResultSet row = take.executeQuery()) {
      row.next();
      long term = row.getLong(1);
      writing.connection().commit();
      return term;
    }
  }

  private static StoreFailure locked(PostgresAddress place, Holder holder) {
    return new StoreFailure(
        StoreFailure.Kind.LOCKED,
        place
            + " is in use by "
            + holder.name()
            + " (lease until "
            + holder.expiresAt()
            + "); stop that one first, or name another database");
  }

  /// Makes the log this term's: waits for a transaction that writes, and lets none of an earlier
  /// term in behind it. Tables of an earlier version have to be migrated before.
  ///
  /// @throws StoreFailure `LOCKED` when another server has taken the lease meanwhile
  void fence(Session writing) throws SQLException {
    if (writing.change(FENCE, term, term, term) == 0) {
      LogEnds.theRow("meta", writing.first("select 1 from meta", row -> 1));
      throw new StoreFailure(
          StoreFailure.Kind.LOCKED,
          "the lease of term "
              + term
              + " was taken by another server while this one started; start only one of the two");
    }
    writing.connection().commit();
  }

  /// The fencing token.
  long term() {
    return term;
  }

  /// Who is told when another server has taken it, and at each beat that finds no writing
  /// connection or cannot renew it.
  void whenInDoubt(Runnable told) {
    doubting.set(told);
    CompletableFuture<Void> unused = taken.thenRun(told);
  }

  private void renew() {
    try {
      beat(connected());
    } catch (SQLException
        | RuntimeException
        | Error failure) { // or it would never be renewed again
      doubt("it could not be renewed", failure);
      disconnect();
    }
  }

  private Connection connected() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = connections.open();
      connection = open;
      try (Statement statement = open.createStatement()) {
        statement.execute(PostgresConnections.STAY);
      }
    }
    return open;
  }

  private void beat(Connection open) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(RENEW)) {
      statement.setLong(1, term);
      try (ResultSet renewed = statement.executeQuery()) {
        if (!renewed.next()) {
          LOG.error(
              "the lease of term {} was taken by another server; nothing more is written", term);
          beat.shutdown();
          taken.complete(null);
        } else if (!renewed.getBoolean(1)) {
          doubt("the connection that writes is gone", null);
        } else if (doubts) {
          doubts = false;
          LOG.info("the lease is renewed again");
        }
      }
    }
  }

  /// The writer looks for itself: while nobody writes it would find out nothing. Logged once.
  private void doubt(String why, @Nullable Throwable failure) {
    if (!doubts) {
      doubts = true;
      LOG.warn("the lease is in doubt: {}; trying again", why, failure);
    }
    doubting.get().run();
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException alreadyGone) {
        LOG.debug("closing a broken connection", alreadyGone);
      }
    }
  }

  private void giveBack(Connection open) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(GIVE_BACK)) {
      statement.setLong(1, term);
      statement.executeUpdate();
    }
  }

  /// Stops renewing without giving the lease back, as a crash does.
  void abandon() {
    beating.cancel(false);
    beat.shutdown();
    try {
      beat.awaitTermination(BEAT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    disconnect();
  }

  /// Gives the lease back.
  @Override
  public void close() {
    abandon();
    try (Connection last = connections.open()) {
      giveBack(last);
    } catch (SQLException unreachable) {
      LOG.info("the lease could not be given back; it runs out in {} s", LEASE_SECONDS);
    }
  }
}
