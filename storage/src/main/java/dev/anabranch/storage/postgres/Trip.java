package dev.anabranch.storage.postgres;

import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Some statements that go to the server together, and come back together.
///
/// A statement over no rows is better left out: it would cost the server as much as a row.
final class Trip {

  /// Sets the parameters of one statement.
  @FunctionalInterface
  interface Binding {
    void set(Columns columns) throws SQLException;
  }

  private final List<String> texts = new ArrayList<>();
  private final List<Binding> bindings = new ArrayList<>();

  Trip with(String sql, Binding binding) {
    texts.add(sql);
    bindings.add(binding);
    return this;
  }

  /// Runs them; the first one's result is the statement's current one.
  ///
  /// The statement stays prepared, its parameters do not: some of these trips are rare, and their
  /// rows would be held until the next one.
  PreparedStatement run(Session session) throws SQLException {
    PreparedStatement statement = session.prepare(String.join(";", texts));
    try {
      Columns columns = new Columns(statement);
      for (Binding binding : bindings) {
        binding.set(columns);
      }
      statement.execute();
      return statement;
    } finally {
      statement.clearParameters();
    }
  }
}
