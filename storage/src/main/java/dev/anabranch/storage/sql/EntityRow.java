package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.StoreFailure;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Supplier;

/// A row of the table `entity` or `floor_entity`.
public final class EntityRow {

  /// The columns that [#read] expects.
  public static final String COLUMNS =
      String.join(
          ", ",
          "e.model",
          "e.entity",
          "e.version",
          BareRow.data(),
          "e.body",
          BareRow.state(),
          "e.deleted",
          BareRow.time("created_at"),
          BareRow.time("updated_at"),
          "e.id",
          "e.seq");

  private EntityRow() {}

  /// The entity that a row holds.
  public static Entity read(ResultSet row, ScopeName scope) throws SQLException {
    try {
      return entity(row, scope);
    } catch (IllegalArgumentException | IllegalStateException damaged) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          "an entity of " + scope + ", " + row.getString(2) + ", cannot be read; restore a backup",
          damaged);
    }
  }

  private static Entity entity(ResultSet row, ScopeName scope) throws SQLException {
    EntityKey key =
        new EntityKey(scope, new ModelName(row.getString(1)), new EntityId(row.getString(2)));
    Supplier<String> what = () -> "the entity " + key;
    String data = row.getString(4);
    if (data == null) {
      throw new IllegalStateException("its only change, which says everything, is not there");
    }
    return new Entity(
        key,
        row.getLong(3),
        StoredJson.of(data, what),
        ChangeRow.bytes(row.getBytes(5)),
        StoredJson.orNull(OwnName.inState(row.getString(6), key.id()), what),
        row.getLong(7) != 0,
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getLong(11));
  }

  /// Inserts an entity; [#bind] sets its parameters.
  public static String insert(String table) {
    return "insert into "
        + table
        + " (scope_id, model, entity, version, data, body, rule_state, deleted, created_at,"
        + " updated_at, id, seq) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }

  /// Inserts or replaces an entity; [#bind] sets its parameters.
  public static String upsert(String table) {
    return insert(table) + ON_CONFLICT;
  }

  /// What makes an insert replace the row that is there.
  public static final String ON_CONFLICT =
      " on conflict (scope_id, model, entity) do update set version = excluded.version, data ="
          + " excluded.data, body = excluded.body, rule_state = excluded.rule_state, deleted ="
          + " excluded.deleted, created_at = excluded.created_at, updated_at ="
          + " excluded.updated_at, id = excluded.id, seq = excluded.seq";

  /// Sets the parameters of [#insert] and [#upsert].
  public static void bind(PreparedStatement upsert, long scopeId, Entity entity)
      throws SQLException {
    Bytes body = entity.body();
    upsert.setLong(1, scopeId);
    upsert.setString(2, entity.key().model().text());
    upsert.setString(3, entity.key().id().text());
    upsert.setLong(4, entity.version());
    upsert.setString(5, entity.data().text());
    upsert.setBytes(6, body == null ? null : body.toArray());
    upsert.setString(7, OwnName.withoutIn(entity.ruleState(), entity.key().id()));
    upsert.setInt(8, entity.deleted() ? 1 : 0);
    upsert.setLong(9, entity.createdAt());
    upsert.setLong(10, entity.updatedAt());
    upsert.setLong(11, entity.id());
    upsert.setLong(12, entity.seq());
  }

  /// Sets the parameters of [#insert] and [#upsert] for a row that is bare ([BareRow]).
  public static void bindBare(PreparedStatement upsert, long scopeId, Entity entity)
      throws SQLException {
    bind(upsert, scopeId, entity);
    upsert.setString(5, "");
    upsert.setString(7, null);
    upsert.setLong(9, 0);
    upsert.setLong(10, 0);
  }

  /// About how many bytes an entity takes on a wire.
  static int approximateBytes(Entity entity) {
    Bytes body = entity.body();
    return 200 + entity.data().text().length() + (body == null ? 0 : body.size() * 4 / 3);
  }
}
