package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.store.LogEnd;
import java.sql.SQLException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database that this process had open is opened again: what it acknowledged must be there.
///
/// It is not when a standby that lagged took the database's place, or somebody put an older state
/// back. Going on from there would give ids a second time, and a reader whose cursor is one of
/// those lost would miss everything up to it. So the next epoch begins, in which everybody starts
/// over.
///
/// @param end where the log ended when it was lost
/// @param random where the next epoch's ids begin
public record Reopening(LogEnd end, RandomGenerator random) {

  private static final Logger LOG = LoggerFactory.getLogger(Reopening.class);

  private static final String HASH = "select hash_high, hash_low from change where id = ?";
  // The first answers of changes that were folded away say what they were.
  private static final String FOLDED =
      "select 1 from outcome where id = ? and hash_high = ? and hash_low = ? limit 1";

  /// Makes sure that the log goes on from where it ended, or begins the next epoch, durably. Called
  /// by the database's owner, outside a transaction.
  public void settle(Session session) throws SQLException {
    LogEnd found = Epochs.end(session);
    if (found.epoch() > end.epoch() || goesOn(session, found)) {
      session.connection().rollback();
      return; // a restore has said itself what it took back
    }
    long next = Epochs.beginAfterLoss(session, end.epoch(), random);
    session.connection().commit();
    LOG.error(
        "the database is not what this server had written: {}; epoch {} begins, in which every"
            + " client starts over. Was it failed over to a standby that lagged, or an older state"
            + " put back? Fail over by itself to synchronous standbys only",
        lost(found),
        next);
  }

  private boolean goesOn(Session session, LogEnd found) throws SQLException {
    return found.epoch() == end.epoch() && found.id() >= end.id() && hasLast(session);
  }

  private boolean hasLast(Session session) throws SQLException {
    WriteHash last = end.hash();
    if (last == null) {
      return true;
    }
    WriteHash there =
        session.first(HASH, row -> new WriteHash(row.getLong(1), row.getLong(2)), end.id());
    return there == null
        ? session.first(FOLDED, row -> 1, end.id(), last.high(), last.low()) != null
        : there.equals(last);
  }

  private String lost(LogEnd found) {
    if (found.epoch() == end.epoch() && found.id() >= end.id()) {
      return "the change " + end.id() + " is another one, and so may be those before it";
    }
    return "its log ends with the id "
        + found.id()
        + " of epoch "
        + found.epoch()
        + ", so that the ids from "
        + (found.id() + 1)
        + " to "
        + end.id()
        + " of epoch "
        + end.epoch()
        + ", which were acknowledged, are lost";
  }
}
