package dev.anabranch.storage.sql;

import java.sql.SQLException;

/// Something done with a session.
@FunctionalInterface
public interface Work<T> {

  /// Does it.
  T run(Session session) throws SQLException;
}
