package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Spot;
import java.sql.ResultSet;
import java.sql.SQLException;

/// What an index says of a marked change.
///
/// @param id the change's
/// @param spot where it stands in the order
public record MarkRow(long id, Spot spot, int kind, long author) {

  /// The columns that [#read] expects of a table or its alias.
  public static String columns(String table) {
    return String.join(
        ", ", table + ".id", table + ".time", table + ".tie", table + ".kind", table + ".author");
  }

  /// The row that stands in columns from one on.
  public static MarkRow read(ResultSet row, int first) throws SQLException {
    return new MarkRow(
        row.getLong(first),
        new Spot(row.getLong(first + 1), row.getLong(first + 2)),
        row.getInt(first + 3),
        row.getLong(first + 4));
  }
}
