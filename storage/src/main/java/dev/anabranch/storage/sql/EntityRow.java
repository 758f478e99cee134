package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.sql.ResultSet;
import java.sql.SQLException;

/// A row of `entity` or `floor_entity` as an entity.
public final class EntityRow {

  /// What [#of] reads.
  public static final String COLUMNS =
      "model, entity, version, data, body, rule_state, deleted, created_at, updated_at, id, seq";

  private EntityRow() {}

  /// The entity of a row.
  public static Entity of(ResultSet row, ScopeName scope) throws SQLException {
    return new Entity(
        new EntityKey(scope, new ModelName(row.getString(1)), new EntityId(row.getString(2))),
        row.getLong(3),
        JsonDecoder.stored(row.getString(4)),
        ChangeRow.bytes(row.getBytes(5)),
        ChangeRow.json(row.getString(6)),
        row.getBoolean(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getLong(11));
  }
}
