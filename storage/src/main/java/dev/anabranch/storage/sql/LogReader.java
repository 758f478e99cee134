package dev.anabranch.storage.sql;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the log of a scope (K1). Every method runs inside a transaction of its caller.
public final class LogReader {

  private static final String SCOPE =
      "select " + ScopeRow.COLUMNS + " from scope s where s.name = ?";
  private static final String HEADS =
      "select "
          + ScopeRow.COLUMNS
          + " from scope s where s.name > ? and s.head_seq > 0 order by s.name limit ?";

  /// The grants of a principal in scopes behind a name. Sorted by what no index holds: else
  /// PostgreSQL walks through all scopes to spare itself a sort, which readers are kept from.
  public static final String MEMBERSHIPS =
      "select "
          + EntityRow.COLUMNS
          + ", s.name from entity e join scope s on s.scope_id = e.scope_id"
          + " where e.model = 'grant' and e.entity = ? and e.deleted = 0 and s.name > ?"
          + " order by s.name || '' limit ?";

  private static final String BYTES =
      "200 + coalesce(length(c.body), 0) + coalesce(length(c.proof), 0)";
  private static final String CHANGE =
      "select "
          + ChangeRow.COLUMNS
          + " from "
          + ChangeRow.TABLES
          + " where c.scope_id = ? and c.seq = ?";
  // A change goes into the answer as long as those before it leave room: one query walks a page.
  // For SQLite `cross` keeps the order of the tables, and the plus keeps it from asking for all
  // that stands above the last bound: left to itself it reads the whole scope.
  static final String TRAIL =
      "with recursive trail (seq, prior, place, bytes) as (select c.seq, c.prior, 1, "
          + BYTES
          + " from change c where c.scope_id = ? and c.seq = ? union all select c.seq, c.prior,"
          + " t.place + 1, t.bytes + "
          + BYTES
          + " from trail t join change c on c.scope_id = ? and c.seq = t.prior where +t.prior > ?"
          + " and t.place < ? and t.bytes < ?) select "
          + ChangeRow.COLUMNS
          + " from trail t cross join change c cross join principal p where c.scope_id = ? and"
          + " c.seq = t.seq and p.principal_id = c.principal_id order by t.place";
  private static final String ENTITY =
      "select "
          + EntityRow.COLUMNS
          + " from entity e join scope s on s.scope_id = e.scope_id"
          + " where s.name = ? and e.model = ? and e.entity = ?";
  private static final String PLACE = "select seq from change where id = ? and scope_id = ?";
  private static final String ID_AT = "select id from change where scope_id = ? and seq = ?";

  private final Epochs epochs;
  private final PageQueries pages;

  /// A reader of this history.
  public LogReader(Epochs epochs, PageQueries pages) {
    this.epochs = Objects.requireNonNull(epochs);
    this.pages = Objects.requireNonNull(pages);
  }

  /// A scope's row, or null when it is unknown.
  public static @Nullable ScopeRow scope(Session session, ScopeName scope) throws SQLException {
    return session.first(SCOPE, ScopeRow::read, scope.text());
  }

  static ScopeHead head(Session session, ScopeName scope) throws SQLException {
    ScopeRow row = scope(session, scope);
    return row == null ? ScopeHead.empty(scope) : row.head();
  }

  static List<ScopeHead> heads(Session session, @Nullable ScopeName after, int countMax)
      throws SQLException {
    List<ScopeHead> heads = new ArrayList<>();
    String behind = after == null ? "" : after.text();
    try (ResultSet rows = session.bind(HEADS, behind, countMax).executeQuery()) {
      while (rows.next()) {
        heads.add(ScopeRow.read(rows).head());
      }
    }
    return heads;
  }

  /// Scopes that grant a principal something; a grant of nothing is passed over.
  static List<Membership> memberships(
      Session session, PrincipalId principal, @Nullable ScopeName after, int countMax)
      throws SQLException {
    List<Membership> memberships = new ArrayList<>();
    String behind = after == null ? "" : after.text();
    int asked;
    int found;
    do {
      asked = countMax - memberships.size();
      found = 0;
      try (ResultSet rows =
          session.bind(MEMBERSHIPS, principal.text(), behind, asked).executeQuery()) {
        while (rows.next()) {
          found++;
          ScopeName scope = new ScopeName(rows.getString(12));
          behind = scope.text();
          Entity grant = EntityRow.read(rows, scope);
          Right right = Authorizer.granted(grant);
          if (right != Right.NONE) {
            memberships.add(new Membership(scope, right, grant.id()));
          }
        }
      }
    } while (found == asked && memberships.size() < countMax);
    return memberships;
  }

  static Optional<Change> change(Session session, ScopeName scope, long seq) throws SQLException {
    ScopeRow row = scope(session, scope);
    return row == null
        ? Optional.empty()
        : Optional.ofNullable(
            session.first(CHANGE, found -> ChangeRow.read(found, scope), row.scopeId(), seq));
  }

  static List<Change> trail(
      Session session, ScopeName scope, long seq, long downToSeq, PageLimit limit)
      throws SQLException {
    ScopeRow row = scope(session, scope);
    List<Change> trail = new ArrayList<>();
    if (row == null || seq <= downToSeq) {
      return trail;
    }
    long id = row.scopeId();
    Object[] asked = {id, seq, id, downToSeq, limit.countMax(), limit.bytesMax(), id};
    long bytes = 0;
    try (ResultSet rows = session.bind(TRAIL, asked).executeQuery()) {
      while (rows.next()) {
        Change change = ChangeRow.read(rows, scope);
        bytes += change.approximateBytes();
        if (!trail.isEmpty() && bytes > limit.bytesMax()) {
          break;
        }
        trail.add(change);
      }
    }
    return trail;
  }

  static Optional<Entity> entity(Session session, EntityKey key) throws SQLException {
    return Optional.ofNullable(
        session.first(
            ENTITY,
            found -> EntityRow.read(found, key.scope()),
            key.scope().text(),
            key.model().text(),
            key.id().text()));
  }

  Reading read(Session session, ScopeName scope, long afterId, PageLimit limit)
      throws SQLException {
    if (epochs.hasTakenBack(afterId)) {
      return new Reading.Refetch(RefetchReason.EPOCH);
    }
    ScopeRow row = scope(session, scope);
    ScopeHead head = row == null ? ScopeHead.empty(scope) : row.head();
    if (afterId > head.id()) {
      return new Reading.Refetch(RefetchReason.CURSOR_AHEAD);
    }
    if (afterId < head.floorId()) {
      return new Reading.Refetch(RefetchReason.CURSOR_BEHIND_RETENTION);
    }
    if (row == null || afterId == head.id()) {
      return new Reading.Page(head.seq(), List.of(), head);
    }
    long afterSeq = seqAt(session, row, afterId);
    return new Reading.Page(afterSeq, pages.changes(session, row, afterSeq, limit), head);
  }

  /// The seq that a cursor stands at: that of the scope's last change with an id up to it.
  private static long seqAt(Session session, ScopeRow row, long cursor) throws SQLException {
    if (cursor == row.head().floorId()) {
      return row.head().floorSeq();
    }
    Long exact = session.first(PLACE, found -> found.getLong(1), cursor, row.scopeId());
    return exact == null ? searchSeq(session, row, cursor) : exact;
  }

  /// Seqs are dense above the floor and rise with the ids, so that halving finds the place without
  /// an index on (scope, id).
  private static long searchSeq(Session session, ScopeRow row, long cursor) throws SQLException {
    long atOrBelow = row.head().floorSeq();
    long above = row.head().seq();
    while (above - atOrBelow > 1) {
      long middle = (atOrBelow + above) >>> 1;
      Long id = session.first(ID_AT, found -> found.getLong(1), row.scopeId(), middle);
      if (Objects.requireNonNull(id, () -> "no change " + middle + " in " + row) <= cursor) {
        atOrBelow = middle;
      } else {
        above = middle;
      }
    }
    return atOrBelow;
  }
}
