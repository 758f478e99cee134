package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.StoreFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Which history this is, and which cursors come from histories that restores took back.
///
/// Every history begins at a random place of its epoch's ids: a backup that is restored twice makes
/// two histories of the same epoch, and a cursor of one must mean nothing in the other (decision
/// 0025).
///
/// It does not change while a store is open: a new epoch begins while it is closed, or being opened
/// ([Reopening]). While another database's log is laid into this one the epoch is [#UNFINISHED],
/// which goes in the very transaction that begins the new epoch: what an import that broke off left
/// is never taken for whole (decision 0023).
///
/// @param current 0 for a new database, one more after every restore
/// @param takenBack for each restore, the last id of the backup and the first id − 1 of the epoch
///   that it began; where a database lost its end under a server, the first id − 1 of the epoch it
///   was in stands for the former
public record Epochs(long current, NavigableMap<Long, Long> takenBack) {

  /// The ids of each epoch begin in the lower half of the 2⁴⁰ from epoch × 2⁴⁰ on.
  public static final int ID_BITS = 40;

  /// Stands in place of the epoch in a database that a log is being laid into.
  private static final long UNFINISHED = -1;

  private static final String END =
      "select m.epoch, m.head_id, c.hash_high, c.hash_low from meta m"
          + " left join change c on c.id = m.head_id";

  private static final long BEGINNINGS = 1L << (ID_BITS - 1);

  public Epochs {
    takenBack = new TreeMap<>(takenBack);
  }

  /// What the database says.
  public static Epochs load(Session session) throws SQLException {
    long current = epochIn(session);
    NavigableMap<Long, Long> takenBack = new TreeMap<>();
    try (ResultSet rows =
        session.prepare("select head_id, begins_after from restore_point").executeQuery()) {
      while (rows.next()) {
        takenBack.put(rows.getLong(1), rows.getLong(2));
      }
    }
    return new Epochs(current, takenBack);
  }

  private static long epochIn(Session session) throws SQLException {
    return LogEnds.theRow("meta", session.first("select epoch from meta", row -> row.getLong(1)));
  }

  /// Where its log ends.
  static LogEnd end(Session session) throws SQLException {
    return LogEnds.theRow("meta", session.first(END, Epochs::end));
  }

  private static LogEnd end(ResultSet row) throws SQLException {
    long high = row.getLong(3);
    WriteHash hash = row.wasNull() ? null : new WriteHash(high, row.getLong(4));
    return new LogEnd(row.getLong(1), row.getLong(2), hash);
  }

  /// Marks a new database that another one's log will be laid into. Not yet committed.
  ///
  /// @throws StoreFailure `BROKEN` when it is not new
  public static void beginFilling(Session session) throws SQLException {
    refuseUnfinished(session);
    if (session.first("select 1 from scope", row -> 1) != null) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN,
          "the database is not new; import makes a whole one: name an empty folder or database");
    }
    session.change("update meta set epoch = ?", UNFINISHED);
  }

  /// @throws StoreFailure `BROKEN` when a log is being laid into this database, or was and broke
  ///   off
  public static void refuseUnfinished(Session session) throws SQLException {
    refuseUnfinished(epochIn(session));
  }

  /// @param epoch what a database says
  /// @throws StoreFailure likewise
  public static void refuseUnfinished(long epoch) {
    if (epoch == UNFINISHED) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN,
          "an import into this database was not finished: what is there is not whole. If none is"
              + " running, delete the data folder, or make a new PostgreSQL database, and import"
              + " again");
    }
  }

  /// Lets a database that was filled with another one's log go on from that one's epochs. Not yet
  /// committed.
  public void adoptIn(Session session) throws SQLException {
    session.change("delete from restore_point");
    long epoch = current - takenBack.size();
    for (Map.Entry<Long, Long> restore : takenBack.entrySet()) {
      session.change(
          "insert into restore_point (epoch, head_id, begins_after) values (?, ?, ?)",
          ++epoch,
          restore.getKey(),
          restore.getValue());
    }
    long lastBeginning = takenBack.isEmpty() ? 0 : takenBack.lastEntry().getValue();
    long head = Math.max(lastBeginning, headId(session));
    // Logs that earlier servers wrote out do not say their epoch; their ids do.
    session.change(
        "update meta set epoch = ?, head_id = ?", Math.max(current, head >> ID_BITS), head);
  }

  private static long headId(Session session) throws SQLException {
    return LogEnds.theRow("meta", session.first("select head_id from meta", row -> row.getLong(1)));
  }

  /// Begins the next epoch in a database that was brought back from a backup. Not yet committed.
  ///
  /// @param random where in the epoch's ids it begins
  /// @return the new epoch
  public static long beginNext(Session session, RandomGenerator random) throws SQLException {
    refuseUnfinished(session);
    return begin(session, epochIn(session) + 1, headId(session), random);
  }

  /// Begins the next epoch in a database that lost what this process had written to it. No cursor
  /// of the epoch that it is in holds any longer, for nobody knows where the two histories part.
  /// Not yet committed.
  ///
  /// @param lostEpoch what was written last was of this one
  /// @return the new epoch
  static long beginAfterLoss(Session session, long lostEpoch, RandomGenerator random)
      throws SQLException {
    refuseUnfinished(session);
    Epochs found = load(session);
    long beginning = found.takenBack.isEmpty() ? 0 : found.takenBack.lastEntry().getValue();
    return begin(session, Math.max(found.current, lostEpoch) + 1, beginning, random);
  }

  private static long begin(Session session, long epoch, long keptUpTo, RandomGenerator random)
      throws SQLException {
    long beginsAfter = (epoch << ID_BITS) + random.nextLong(BEGINNINGS);
    session.change(
        "insert into restore_point (epoch, head_id, begins_after) values (?, ?, ?)",
        epoch,
        keptUpTo,
        beginsAfter);
    session.change("update meta set epoch = ?, head_id = ?", epoch, beginsAfter);
    return epoch;
  }

  /// Whether a cursor was given by a history that a restore took back.
  public boolean hasTakenBack(long cursor) {
    Map.Entry<Long, Long> restore = takenBack.lowerEntry(cursor);
    return restore != null && cursor <= restore.getValue();
  }
}
