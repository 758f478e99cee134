package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.store.StoreFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where in a database the log's tables stand, or are to stand.
///
/// Looked for once by whoever opens it: a schema that comes into the role's search path later – its
/// namesake, as a rule – must not hide the log behind an empty one.
final class PostgresSchema {

  private static final String HOLDING =
      "select quote_ident(n.nspname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
          + " where c.relname = 'lease' and c.relkind = 'r' and n.nspname ="
          + " any(current_schemas(false)) and exists (select 1 from pg_attribute a where a.attrelid"
          + " = c.oid and a.attname = 'backend_pid')";

  private static final String FIRST = "select quote_ident(current_schema())";

  private PostgresSchema() {}

  /// The schema's name as a search path spells it.
  ///
  /// @throws StoreFailure when several hold tables of ours, or there is none
  static String of(Connection connection, PostgresAddress place) throws SQLException {
    List<String> holding = all(connection, HOLDING);
    if (holding.size() > 1) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN,
          place
              + " holds tables of this program in the schemas "
              + String.join(" and ", holding)
              + ", and the role's search path names them all; say which by currentSchema=… in the"
              + " database's address");
    }
    if (holding.size() == 1) {
      return holding.getFirst();
    }
    return all(connection, FIRST).stream()
        .findFirst()
        .orElseThrow(() ->
            new StoreFailure(
                StoreFailure.Kind.BROKEN,
                place
                    + " has no schema in which the role could make tables: its search path names"
                    + " none that is there; create one, or say currentSchema=… in the database's"
                    + " address"));
  }

  private static List<String> all(Connection connection, String query) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        @Nullable String name = rows.getString(1);
        if (name != null) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
