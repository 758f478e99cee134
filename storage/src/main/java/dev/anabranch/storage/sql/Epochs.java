package dev.anabranch.storage.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Which histories a database has had: each restore began a new one, whose ids stand far above the
/// old one's.
///
/// @param current the present epoch
/// @param restores by ascending epoch
public record Epochs(long current, List<Restore> restores) {

  private static final int ID_BITS = 40;

  public Epochs {
    restores = List.copyOf(restores);
  }

  /// A restore: ids after `headId` and before the epoch's first belong to a history that was given
  /// up.
  public record Restore(long epoch, long headId) {}

  /// Reads them.
  public static Epochs read(Connection connection) throws SQLException {
    long current =
        Statements.first(connection, "SELECT epoch FROM meta", row -> row.getLong(1)).orElseThrow();
    return new Epochs(
        current,
        Statements.list(
            connection,
            "SELECT epoch, head_id FROM restore_point ORDER BY epoch",
            row -> new Restore(row.getLong(1), row.getLong(2))));
  }

  /// Begins a new epoch in a database that nobody else has open.
  public static void begin(Connection connection) throws SQLException {
    Statements.update(connection, "INSERT INTO restore_point SELECT epoch + 1, head_id FROM meta");
    Statements.update(connection, "UPDATE meta SET epoch = epoch + 1");
    Statements.update(connection, "UPDATE meta SET head_id = epoch * ?", 1L << ID_BITS);
  }

  /// Whether a cursor was given by a history that a restore gave up.
  public boolean gaveUp(long cursor) {
    return restores.stream()
        .anyMatch(restore -> cursor > restore.headId() && cursor <= restore.epoch() << ID_BITS);
  }
}
