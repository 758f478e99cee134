package dev.anabranch.storage.sql;

import java.sql.ResultSet;
import java.sql.SQLException;

/// Makes a value of the row that a result stands on.
@FunctionalInterface
public interface RowReader<T> {

  /// The value; the result is not moved.
  T read(ResultSet row) throws SQLException;
}
