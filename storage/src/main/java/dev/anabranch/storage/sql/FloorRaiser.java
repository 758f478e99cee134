package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.storage.sql.SqlReader.ScopeRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Raises a scope's floor in steps of bounded size, each a transaction of its own.
///
/// A step folds the oldest changes into `floor_entity`, keeps their keys and answers in `outcome`
/// (K2), drops them, and moves the floor.
public final class FloorRaiser {

  private static final int STEP_CHANGES = 500;

  private FloorRaiser() {}

  /// A change to drop, with what its key's answer needs.
  private record Dropped(Change change, long principal, long hashHigh, long hashLow) {}

  /// Does one step on a connection with auto-commit off, without committing.
  ///
  /// @return how many changes it dropped; 0 = the floor stands where it should
  public static int step(
      Connection connection, ScopeName name, long floorSeq, Function<ModelName, MergeRule> rules)
      throws SQLException {
    Optional<ScopeRow> scope = SqlReader.scope(connection, name);
    if (scope.isEmpty()) {
      return 0;
    }
    long target = Math.min(floorSeq, scope.get().head().seq());
    List<Dropped> oldest = oldest(connection, scope.get(), target);
    if (oldest.isEmpty()) {
      return 0;
    }
    fold(connection, scope.get(), oldest, rules);
    remember(connection, scope.get(), oldest);
    Change last = oldest.getLast().change();
    Statements.update(
        connection,
        "DELETE FROM change WHERE scope_id = ? AND seq <= ?",
        scope.get().number(),
        last.seq());
    Statements.update(
        connection,
        "UPDATE scope SET floor_seq = ?, floor_id = ? WHERE scope_id = ?",
        last.seq(),
        last.id(),
        scope.get().number());
    return oldest.size();
  }

  private static List<Dropped> oldest(Connection connection, ScopeRow scope, long target)
      throws SQLException {
    return Statements.list(
        connection,
        "SELECT "
            + ChangeRow.COLUMNS.replace("FROM", ", c.principal_id, c.hash_high, c.hash_low FROM")
            + " WHERE c.scope_id = ? AND c.seq <= ? ORDER BY c.seq LIMIT ?",
        row ->
            new Dropped(
                ChangeRow.of(row, scope.head().scope()),
                row.getLong(20),
                row.getLong(21),
                row.getLong(22)),
        scope.number(),
        target,
        STEP_CHANGES);
  }

  private static void fold(
      Connection connection,
      ScopeRow scope,
      List<Dropped> oldest,
      Function<ModelName, MergeRule> rules)
      throws SQLException {
    Map<EntityKey, Entity> entities = new LinkedHashMap<>();
    for (Dropped dropped : oldest) {
      EntityKey key = dropped.change().entity();
      Entity before = entities.get(key);
      if (before == null) {
        before = floorEntity(connection, scope, key).orElse(null);
      }
      entities.put(key, rules.apply(key.model()).fold(before, dropped.change()));
    }
    List<Entity> folded = new ArrayList<>(entities.values());
    try (PreparedStatement upsert =
        connection.prepareStatement(EntityUpsert.into("floor_entity"))) {
      for (Entity entity : folded) {
        EntityUpsert.bind(upsert, scope.number(), entity);
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  private static Optional<Entity> floorEntity(Connection connection, ScopeRow scope, EntityKey key)
      throws SQLException {
    return Statements.first(
        connection,
        "SELECT "
            + EntityRow.COLUMNS
            + " FROM floor_entity WHERE scope_id = ? AND model = ? AND entity = ?",
        (ResultSet row) -> EntityRow.of(row, key.scope()),
        scope.number(),
        key.model().text(),
        key.id().text());
  }

  private static void remember(Connection connection, ScopeRow scope, List<Dropped> oldest)
      throws SQLException {
    String sql =
        "INSERT INTO outcome (scope_id, principal_id, write_key, hash_high, hash_low, answer)"
            + " VALUES (?, ?, ?, ?, ?, ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (Dropped dropped : oldest) {
        Change change = dropped.change();
        Outcome answer = new Outcome.Applied(change.id(), change.seq(), change.version(), null);
        Statements.bind(
            insert,
            scope.number(),
            dropped.principal(),
            change.key().text(),
            dropped.hashHigh(),
            dropped.hashLow(),
            AnswerText.of(answer));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
