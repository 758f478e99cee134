package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes what a batch does to the marked changes, in the batch's own transaction (K3): into the
/// indexes, or where that costs less, into a row that waits for the file of marks
/// (docs/decisions/0098).
final class MarkWriter {

  /// From so many bytes on what waits is sorted in at once.
  private static final int WAITING_BYTES_MAX = 4 * 1024 * 1024;

  /// How many times as much may wait while the file of marks is behind.
  private static final int BEHIND_MAX = 4;

  private static final String WAIT =
      "insert into mark_waiting (id, count, marks, gone) values (?, ?, ?, ?)";
  private static final String WAITING =
      "select coalesce(max(id), 0), coalesce(sum(count), 0), coalesce(sum(length(marks) +"
          + " length(gone)), 0) from mark_waiting";
  private static final String DROP_PROOF = "delete from mark_proof where id = ?";
  // An entity's changes from one backwards, up to one before which all are blank.
  private static final String CHAIN =
      "with recursive chain (seq, prior, erased) as (select c.seq, c.prior, c.erased from change c"
          + " where c.scope_id = ? and c.seq = ? union all select c.seq, c.prior, c.erased from"
          + " chain p join change c on c.scope_id = ? and c.seq = p.prior where p.erased < 2)"
          + " update change set data = null, body = null, proof = null, ";

  private static final String IN_CHAIN = " where scope_id = ? and seq in (select seq from chain)";

  // 2 says that all before it are blank, too: what is deleted at one address again and again is
  // not blanked from the start each time.
  private static final String ERASE = CHAIN + "erased = 2" + IN_CHAIN + " and erased < 2";

  // `+ 0`: not by the index of keys, through all that the author wrote in the scope and for each of
  // these through the chain. The planner would take it in a table that it has no figures of.
  static final String ERASE_OF =
      CHAIN
          + "erased = 1"
          + IN_CHAIN
          + " and erased = 0 and principal_id + 0 = (select p.principal_id from principal p where"
          + " p.name = ?)";

  private final MarkIndexes indexes;
  private final @Nullable WaitingBatches batches;
  private final int waitingMax;
  private final boolean hasBareRows;
  // Null = the table was not asked.
  private volatile @Nullable Waiting waiting;

  /// What waits.
  ///
  /// @param last the last batch of which there is a row
  /// @param count how many marks
  /// @param bytes of all rows
  private record Waiting(long last, long count, long bytes) {}

  MarkWriter(MarkQueries queries) {
    this.indexes = new MarkIndexes(queries);
    this.batches = queries.waiting();
    this.waitingMax = queries.waitingMax();
    this.hasBareRows = queries.hasBareRows();
  }

  static boolean hasNothing(Effects effects) {
    return effects.unmarked().isEmpty() && effects.marked().isEmpty() && effects.erased().isEmpty();
  }

  void write(Session session, Effects effects, BatchNames names) throws SQLException {
    List<WaitingMark> fresh = effects.marked().stream().map(WaitingMark::of).toList();
    dropProofs(session, effects.unmarked());
    if (batches != null) {
      await(batches, session, fresh, effects.unmarked());
    } else {
      for (long id : effects.unmarked()) {
        indexes.drop(session, id);
      }
      indexes.insert(session, fresh);
    }
    erase(session, effects, names);
  }

  private static void dropProofs(Session session, List<Long> gone) throws SQLException {
    if (gone.isEmpty()) {
      return;
    }
    PreparedStatement drop = session.prepare(DROP_PROOF);
    for (long id : gone) {
      drop.setLong(1, id);
      drop.addBatch();
    }
    drop.executeBatch();
  }

  private void await(
      WaitingBatches batches, Session session, List<WaitingMark> fresh, List<Long> gone)
      throws SQLException {
    if (fresh.isEmpty() && gone.isEmpty()) {
      return;
    }
    Waiting before = waiting(session);
    byte[] marks = WaitingMark.encode(fresh);
    byte[] ids = WaitingBatches.encode(gone);
    long batch = before.last() + 1;
    session.change(WAIT, batch, fresh.size() + gone.size(), marks, ids);
    batches.put(batch, fresh, gone);
    waiting =
        new Waiting(
            batch,
            before.count() + fresh.size() + gone.size(),
            before.bytes() + marks.length + ids.length);
  }

  private void erase(Session session, Effects effects, BatchNames names) throws SQLException {
    for (Effects.Erasure erasure : effects.erased()) {
      long scope = names.id(erasure.entity().scope());
      if (hasBareRows) {
        BareRow.writeOut(session, scope, erasure.entity());
      }
      if (erasure.authors().isEmpty()) {
        session.change(ERASE, scope, erasure.seq(), scope, scope);
      }
      for (PrincipalId author : erasure.authors()) {
        session.change(ERASE_OF, scope, erasure.seq(), scope, scope, author.text());
      }
    }
  }

  private Waiting waiting(Session session) throws SQLException {
    Waiting known = waiting;
    if (known == null) {
      known =
          Objects.requireNonNull(
              session.first(
                  WAITING, row -> new Waiting(row.getLong(1), row.getLong(2), row.getLong(3))));
      waiting = known;
    }
    return known;
  }

  /// Whether so much waits that it is to be sorted in now.
  boolean hasMany() {
    return hasTimes(1);
  }

  /// Whether so much waits that the next batch must wait, too.
  boolean hasTooMany() {
    return hasTimes(BEHIND_MAX);
  }

  private boolean hasTimes(int times) {
    Waiting known = waiting;
    return known != null
        && (known.count() >= (long) times * waitingMax
            || known.bytes() >= (long) times * WAITING_BYTES_MAX);
  }

  /// Forgets what it knows of the table, since a transaction was taken back.
  void forget() {
    waiting = null;
    if (batches != null) {
      batches.forget();
    }
  }

  /// Takes away what the file of marks has, inside a transaction of its caller.
  ///
  /// @param upTo the last batch that it has
  void forgetSorted(Session session, long upTo) throws SQLException {
    WaitingBatches.drop(session, upTo);
    Objects.requireNonNull(batches, "marks wait").forget(upTo);
    waiting = null;
    waiting(session);
  }
}
