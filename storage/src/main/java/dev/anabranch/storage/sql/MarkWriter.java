package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes what a batch does to the marked changes, in the batch's own transaction (K3): into the
/// indexes, or where that costs less, into a row of marks that wait for them (docs/decisions/0094).
final class MarkWriter {

  /// The most bytes of marks that wait.
  private static final int WAITING_BYTES_MAX = 1024 * 1024;

  private static final String WAIT = "insert into mark_waiting (id, count, marks) values (?, ?, ?)";
  private static final String WAITING =
      "select coalesce(sum(count), 0), coalesce(sum(length(marks)), 0) from mark_waiting";
  private static final String ALL_SORTED = "delete from mark_waiting";
  private static final String ERASE =
      "with recursive chain (seq, prior) as (select c.seq, c.prior from change c where c.scope_id ="
          + " ? and c.seq = ? union all select c.seq, c.prior from chain p join change c on"
          + " c.scope_id = ? and c.seq = p.prior) update change set data = null, body = null, proof"
          + " = null, erased = 1 where scope_id = ? and seq in (select seq from chain)";

  private static final String ERASE_OF =
      ERASE + " and principal_id = (select p.principal_id from principal p where p.name = ?)";

  private final MarkIndexes indexes;
  private final int waitingMax;
  private final boolean hasBareRows;
  // Null = the table was not asked.
  private @Nullable Waiting waiting;

  /// How many marks wait, and their bytes.
  private record Waiting(long count, long bytes) {
    static final Waiting NONE = new Waiting(0, 0);
  }

  MarkWriter(MarkQueries queries) {
    this.indexes = new MarkIndexes(queries);
    this.waitingMax = queries.waitingMax();
    this.hasBareRows = queries.hasBareRows();
  }

  static boolean hasNothing(Effects effects) {
    return effects.unmarked().isEmpty() && effects.marked().isEmpty() && effects.erased().isEmpty();
  }

  void write(Session session, Effects effects, BatchNames names) throws SQLException {
    for (long id : effects.unmarked()) {
      if (!indexes.drop(session, id) && hasWaiting(session)) {
        sortIn(session); // for it waits
        indexes.drop(session, id);
      }
    }
    if (!effects.marked().isEmpty()) {
      mark(session, effects.marked().stream().map(WaitingMark::of).toList());
    }
    erase(session, effects, names);
  }

  private void mark(Session session, List<WaitingMark> fresh) throws SQLException {
    if (waitingMax == 0) {
      indexes.insert(session, fresh);
      return;
    }
    Waiting before = waiting(session);
    byte[] marks = WaitingMark.encode(fresh);
    long count = before.count() + fresh.size();
    long bytes = before.bytes() + marks.length;
    if (count < waitingMax && bytes < WAITING_BYTES_MAX) {
      session.change(WAIT, fresh.getLast().id(), fresh.size(), marks);
      waiting = new Waiting(count, bytes);
    } else {
      sortIn(session);
      indexes.insert(session, fresh);
    }
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
              session.first(WAITING, row -> new Waiting(row.getLong(1), row.getLong(2))));
      waiting = known;
    }
    return known;
  }

  /// Whether there is anything to [#sortIn].
  boolean hasWaiting(Session session) throws SQLException {
    return waitingMax > 0 && waiting(session).count() > 0;
  }

  /// Forgets what it knows of the table, since a transaction was taken back.
  void forget() {
    waiting = null;
  }

  /// Sorts what waits into the indexes, inside a transaction of its caller.
  void sortIn(Session session) throws SQLException {
    if (!hasWaiting(session)) {
      return;
    }
    indexes.insert(session, WaitingMarks.read(session).marks());
    session.change(ALL_SORTED);
    waiting = Waiting.NONE;
  }
}
