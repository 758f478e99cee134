package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a log ends is written down three times: in `meta`, with each scope, and by its last
/// change.
///
/// The next id is taken behind what `meta` says. Where a change or a scope stands further on, that
/// one is taken already, and every write would fail.
public final class LogEnds {

  private static final String META = "select head_id from meta";
  private static final String CHANGE = "select coalesce(max(id), 0) from change";
  private static final String SCOPE =
      "select name, head_id from scope where head_id > ? order by head_id desc limit 1";

  private LogEnds() {}

  /// @throws StoreFailure `CORRUPT` when `meta` is behind the log
  static void refuseToDiffer(Session session) throws SQLException {
    long head = theRow("meta", session.first(META, row -> row.getLong(1)));
    long last = Objects.requireNonNull(session.first(CHANGE, row -> row.getLong(1)));
    if (last > head) {
      throw behind(head, last, "there is a change with the id " + last);
    }
    Ending scope = session.first(SCOPE, row -> new Ending(row.getString(1), row.getLong(2)), head);
    if (scope != null) {
      String there = "the scope " + scope.name() + " ends with the id " + scope.id();
      throw behind(head, scope.id(), there);
    }
  }

  private record Ending(String name, long id) {}

  private static StoreFailure behind(long head, long greatest, String there) {
    return new StoreFailure(
        StoreFailure.Kind.CORRUPT,
        "meta.head_id says that the log ends with the id "
            + head
            + ", but "
            + there
            + ": something other than this program wrote to the database, and every write would"
            + " fail. Keep a copy and restore the last backup; or, if nothing else was changed,"
            + " stop every server and run: update meta set head_id = "
            + greatest);
  }

  /// What was read of the one row of a table.
  ///
  /// @throws StoreFailure `CORRUPT` when it is not there
  public static <T> T theRow(String table, @Nullable T read) {
    if (read == null) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          "the table "
              + table
              + " has no row: something other than this program wrote to the database; keep a copy"
              + " and restore the last backup");
    }
    return read;
  }
}
