package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import java.sql.ResultSet;
import java.sql.SQLException;

/// A row of the table `scope`.
///
/// @param scopeId stands for the name in every other table
/// @param head seq 0 when there are only answers without a change so far
public record ScopeRow(long scopeId, ScopeHead head) {

  static final String COLUMNS =
      "s.scope_id, s.name, s.head_seq, s.head_id, s.floor_seq, s.floor_id";

  /// The scope that a row holds.
  public static ScopeRow read(ResultSet row) throws SQLException {
    return new ScopeRow(
        row.getLong(1),
        new ScopeHead(
            new ScopeName(row.getString(2)),
            row.getLong(3),
            row.getLong(4),
            row.getLong(5),
            row.getLong(6)));
  }

  ScopeRow at(ScopeHead head) {
    return new ScopeRow(scopeId, head);
  }
}
