package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Entity;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Writes an entity as it stands, whether or not it was there.
public final class EntityUpsert {

  private EntityUpsert() {}

  /// The statement for `entity` or `floor_entity`.
  public static String into(String table) {
    return "INSERT INTO "
        + table
        + " (scope_id, "
        + EntityRow.COLUMNS
        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        + ON_CONFLICT;
  }

  /// What happens when it was there.
  public static final String ON_CONFLICT =
      "ON CONFLICT (scope_id, model, entity) DO UPDATE SET version = excluded.version,"
          + " data = excluded.data, body = excluded.body, rule_state = excluded.rule_state,"
          + " deleted = excluded.deleted, created_at = excluded.created_at,"
          + " updated_at = excluded.updated_at, id = excluded.id, seq = excluded.seq";

  /// Binds an entity of a scope.
  public static void bind(PreparedStatement statement, long scope, Entity entity)
      throws SQLException {
    statement.setLong(1, scope);
    statement.setString(2, entity.key().model().text());
    statement.setString(3, entity.key().id().text());
    statement.setLong(4, entity.version());
    statement.setString(5, entity.data().text());
    statement.setBytes(6, entity.body() == null ? null : entity.body().toArray());
    statement.setString(7, entity.ruleState() == null ? null : entity.ruleState().text());
    statement.setBoolean(8, entity.deleted());
    statement.setLong(9, entity.createdAt());
    statement.setLong(10, entity.updatedAt());
    statement.setLong(11, entity.id());
    statement.setLong(12, entity.seq());
  }
}
