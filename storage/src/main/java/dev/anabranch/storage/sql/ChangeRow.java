package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A row of `change`, joined with its principal, as a change.
public final class ChangeRow {

  /// What [#of] reads, to be put between `SELECT` and `WHERE`.
  public static final String COLUMNS =
      """
      c.id, c.seq, c.model, c.entity, c.action, c.version, c.data, c.body, c.write_key, p.name, c.device, c.n,
      c.base, c.hlc, c.prior, c.proof, c.origin, c.committed_at, c.erased
      FROM change c JOIN principal p ON p.principal_id = c.principal_id
      """;

  private ChangeRow() {}

  /// The change of a row.
  public static Change of(ResultSet row, ScopeName scope) throws SQLException {
    return new Change(
        row.getLong(1),
        row.getLong(2),
        new EntityKey(scope, new ModelName(row.getString(3)), new EntityId(row.getString(4))),
        Action.ofWord(row.getString(5)).orElseThrow(),
        row.getLong(6),
        json(row.getString(7)),
        bytes(row.getBytes(8)),
        new WriteKey(row.getString(9)),
        new PrincipalId(row.getString(10)),
        new Cause(new DeviceId(row.getString(11)), row.getLong(12), row.getLong(13)),
        row.getLong(14),
        row.getLong(15),
        bytes(row.getBytes(16)),
        row.getString(17),
        row.getLong(18),
        row.getBoolean(19));
  }

  static @Nullable JsonObject json(@Nullable String text) {
    return text == null ? null : JsonDecoder.stored(text);
  }

  static @Nullable Bytes bytes(byte @Nullable [] bytes) {
    return bytes == null ? null : Bytes.of(bytes);
  }
}
