package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.Folding;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.PageLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/// Folds old changes into the floor's entities and drops them, a bounded step at a time.
///
/// After each step the floor is a whole one: a crash in between leaves a floor that is merely lower
/// than what was asked.
final class FloorRaiser {

  /// How much one step folds: little enough for writes not to wait noticeably.
  private static final PageLimit STEP = new PageLimit(1000, 4 * 1024 * 1024);

  /// How many bytes of the floor's entities one step reads and writes again, unless one has more.
  static final long ENTITY_BYTES_MAX = 8L * 1024 * 1024;

  private static final String FLOOR_BYTES =
      "select coalesce(length(body), 0) + length(data) from floor_entity where scope_id = ? and"
          + " model = ? and entity = ?";
  private static final String FLOOR_ENTITIES =
      "select "
          + EntityRow.COLUMNS
          + " from (select distinct model, entity from change where scope_id = ? and seq > ? and"
          + " seq <= ?) k join floor_entity e on e.scope_id = ? and e.model = k.model and e.entity"
          + " = k.entity";
  private static final String KEEP_ANSWERS =
      "insert into outcome (scope_id, principal_id, write_key, hash_high, hash_low, id, seq,"
          + " version, answer) select scope_id, principal_id, "
          + OwnName.key("change")
          + ", hash_high, hash_low, id, seq, version, null from change where scope_id = ? and seq >"
          + " ? and seq <= ?"
          // Logs of earlier servers have founding changes whose key a writer may have used up.
          + " on conflict (scope_id, principal_id, write_key) do nothing";
  private static final String KEEP_ORIGINAL =
      "insert into mark_proof (id, proof) select c.id, c.proof from change c where c.id = ? and"
          + " c.proof is not null on conflict (id) do nothing";
  private static final String KEEP_NAMED =
      "insert into mark_proof (id, proof) values (?, ?) on conflict (id) do nothing";
  private static final String DROP =
      "delete from change where scope_id = ? and seq > ? and seq <= ?";
  private static final String RAISE =
      "update scope set floor_seq = ?, floor_id = ? where scope_id = ?";

  private final PageQueries pages;
  private final MarkQueries marks;
  private final Function<ModelName, MergeRule> rules;

  FloorRaiser(PageQueries pages, MarkQueries marks, Function<ModelName, MergeRule> rules) {
    this.pages = pages;
    this.marks = marks;
    this.rules = rules;
  }

  /// Raises the floor by one step, inside a transaction of its caller.
  ///
  /// @return how many changes were dropped; 0 = the floor is where it was asked to be
  int step(Session session, ScopeName scope, long floorSeq) throws SQLException {
    ScopeRow row = LogReader.scope(session, scope);
    if (row == null || row.head().floorSeq() >= Math.min(floorSeq, row.head().seq())) {
      return 0;
    }
    long from = row.head().floorSeq();
    long left = Math.min(floorSeq, row.head().seq()) - from;
    PageLimit limit = new PageLimit((int) Math.min(left, STEP.countMax()), STEP.bytesMax());
    List<Change> changes = withinRoom(session, row, pages.changes(session, row, from, limit));
    Change last = changes.getLast();
    fold(session, row, from, changes);
    if (marks.hasBareRows()) {
      BareRow.writeOut(session, row.scopeId(), from, last.seq());
    }
    session.change(KEEP_ANSWERS, row.scopeId(), from, last.seq());
    keepOriginals(session, changes);
    session.change(DROP, row.scopeId(), from, last.seq());
    session.change(RAISE, last.seq(), last.id(), row.scopeId());
    return changes.size();
  }

  /// Of what can be found the original stays. It stands alone then, and does not leave its name to
  /// a row.
  private void keepOriginals(Session session, List<Change> changes) throws SQLException {
    Set<Long> marked = marked(session, changes.stream().map(Change::id).toList());
    PreparedStatement named = session.prepare(KEEP_NAMED);
    PreparedStatement other = session.prepare(KEEP_ORIGINAL);
    for (Change change : changes) {
      Bytes proof = change.proof();
      if (!marked.contains(change.id()) || proof == null) {
        continue;
      }
      if (OwnName.isName(change.entity().id().text()) && !change.isProofLost()) {
        named.setLong(1, change.id());
        named.setBytes(2, StoredProof.pack(proof, ""));
        named.addBatch();
      } else {
        other.setLong(1, change.id());
        other.addBatch();
      }
    }
    named.executeBatch();
    other.executeBatch();
  }

  private Set<Long> marked(Session session, List<Long> ids) throws SQLException {
    WaitingBatches batches = marks.waiting();
    if (batches == null) {
      return marks.marked(session, ids);
    }
    WaitingMarks waiting = batches.readAsWriter(session);
    Set<Long> marked = new HashSet<>(marks.marked(session, ids));
    marked.removeAll(waiting.gone());
    waiting.marks().forEach(mark -> marked.add(mark.id()));
    return marked;
  }

  /// As many of the changes as the floor's entities under them leave room for, at least one: a few
  /// keystrokes each may stand on large documents.
  private static List<Change> withinRoom(Session session, ScopeRow row, List<Change> changes)
      throws SQLException {
    Set<EntityKey> met = new HashSet<>();
    long bytes = 0;
    for (int index = 0; index < changes.size(); index++) {
      EntityKey key = changes.get(index).entity();
      if (met.add(key)) {
        Long size =
            session.first(
                FLOOR_BYTES,
                found -> found.getLong(1),
                row.scopeId(),
                key.model().text(),
                key.id().text());
        bytes += size == null ? 0 : size;
        if (bytes > ENTITY_BYTES_MAX && index > 0) {
          return changes.subList(0, index);
        }
      }
    }
    return changes;
  }

  private void fold(Session session, ScopeRow row, long from, List<Change> changes)
      throws SQLException {
    Folding folding = new Folding(rules);
    floor(session, row, from, changes.getLast().seq()).forEach(folding::begin);
    Set<EntityKey> moved = new LinkedHashSet<>();
    for (Change change : changes) {
      folding.add(change);
      moved.add(change.entity());
    }
    PreparedStatement upsert = session.prepare(EntityRow.upsert("floor_entity"));
    for (EntityKey key : moved) {
      EntityRow.bind(upsert, row.scopeId(), Objects.requireNonNull(folding.settled(key)));
      upsert.addBatch();
    }
    upsert.executeBatch();
  }

  private static List<Entity> floor(Session session, ScopeRow row, long from, long to)
      throws SQLException {
    List<Entity> floor = new ArrayList<>();
    long id = row.scopeId();
    try (ResultSet rows = session.bind(FLOOR_ENTITIES, id, from, to, id).executeQuery()) {
      while (rows.next()) {
        floor.add(EntityRow.read(rows, row.head().scope()));
      }
    }
    return floor;
  }
}
