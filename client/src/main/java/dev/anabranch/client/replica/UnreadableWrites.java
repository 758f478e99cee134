package dev.anabranch.client.replica;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Queued writes that this program cannot read: an earlier one may have queued what it could not
/// read itself, and disks lose bits.
///
/// One of them must not keep the others from being shown and sent: it is put into a table of its
/// own, where people can look at it.
final class UnreadableWrites {

  private static final Logger LOG = LoggerFactory.getLogger(UnreadableWrites.class);

  static final String TABLE =
      "create table unreadable (number integer primary key, key text not null,"
          + " scope text not null, model text not null, id text not null, action text not null,"
          + " data text, body blob, why text not null)";

  private UnreadableWrites() {}

  private record Found(long number, String name, String why) {}

  /// Sets aside what cannot be read; of a write that can be, what its user saw is forgotten when
  /// only that cannot.
  static void setAside(Connection connection) throws SQLException {
    List<Found> writes = new ArrayList<>();
    List<Long> seen = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SqliteTransaction.QUEUE)) {
      while (row.next()) {
        look(row, writes, seen);
      }
    }
    if (!writes.isEmpty() || !seen.isEmpty()) {
      connection.setAutoCommit(false);
      for (long number : seen) {
        run(connection, "update pending set seen = null where number = ?", number);
      }
      for (Found found : writes) {
        setAside(connection, found);
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static void look(ResultSet row, List<Found> writes, List<Long> seen) throws SQLException {
    long number = row.getLong(1);
    try {
      var unused = SqliteTransaction.draft(row);
    } catch (RuntimeException unreadable) {
      String name = row.getString(4) + " " + row.getString(5) + " in " + row.getString(3);
      writes.add(new Found(number, name, String.valueOf(unreadable.getMessage())));
      return;
    }
    try {
      var unused = SqliteTransaction.write(row);
    } catch (RuntimeException onlySeen) {
      seen.add(number);
    }
  }

  private static void setAside(Connection connection, Found found) throws SQLException {
    try (PreparedStatement copy =
        connection.prepareStatement(
            "insert into unreadable select number, key, scope, model, id, action, data, body, ?"
                + " from pending where number = ?")) {
      copy.setString(1, found.why);
      copy.setLong(2, found.number);
      copy.executeUpdate();
    }
    run(connection, "delete from pending where number = ?", found.number);
    LOG.error(
        "a queued write of {} cannot be read and is not sent; it is kept in the table unreadable"
            + " of the local copy: {}",
        found.name,
        found.why);
  }

  private static void run(Connection connection, String sql, long number) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, number);
      statement.executeUpdate();
    }
  }
}
