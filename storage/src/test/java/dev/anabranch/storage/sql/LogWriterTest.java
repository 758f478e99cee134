package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the writer asks the database, and what it remembers.
class LogWriterTest {

  private static final ScopeName SCOPE = new ScopeName("org:known");

  @Test
  void asksOnlyOnceForANameThatTheDatabaseKnows() throws SQLException {
    try (Session session = session()) {
      Known port = new Known(session);
      LogWriter writer = LogWriter.open(port, 1024 * 1024);
      for (String id : List.of("a", "b", "c")) {
        commit(writer, id);
      }
      assertThat(port.asked).hasSize(1);
    }
  }

  @Test
  void remembersWhatItKnowsWhileAFoldedStateIsKept() throws SQLException {
    try (Session session = session()) {
      Known port = new Known(session);
      LogWriter writer = LogWriter.open(port, 1024 * 1024);
      commit(writer, "a");
      writer.aside(kept -> 1);
      commit(writer, "b");
      assertThat(port.asked).hasSize(1);
      writer.maintain(raised -> 1);
      commit(writer, "c");
      assertThat(port.asked).hasSize(2);
    }
  }

  private static void commit(LogWriter writer, String id) throws SQLException {
    EntityKey key = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    Write write = Write.insert(new WriteKey(id), key, JsonObject.EMPTY.with("n", 1));
    List<Commit> calls = List.of(Commit.of(TestWriter.OWNER, write));
    var unused =
        writer.commit(
            new Sequencer(TestModels.ALL).lookups(calls),
            loaded -> new Sequencer(TestModels.ALL).decide(loaded, calls, 1).effects());
  }

  private static Session session() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table meta as select 0 as epoch, 0 as head_id");
      statement.execute("create table change (id integer, hash_high integer, hash_low integer)");
      statement.execute("create table scope (scope_id integer, name text, head_id integer)");
      statement.execute("create table principal (principal_id integer)");
      statement.execute("create table outcome (scope_id integer)");
    }
    return new Session(connection);
  }

  /// A database of an earlier run: it knows every name it is asked for.
  private static final class Known implements BatchPort {
    private final Session session;
    private final List<List<?>> asked = new ArrayList<>();
    private Head head = new Head(0, 0);

    private Known(Session session) {
      this.session = session;
    }

    @Override
    public Session session() {
      return session;
    }

    @Override
    public void begin() {}

    @Override
    public void beginLightly(Head before) {}

    @Override
    public void findNames(List<ScopeName> scopes, List<PrincipalId> principals, BatchNames into) {
      asked.add(List.of(scopes, principals));
      scopes.forEach(scope -> into.put(new ScopeRow(1, ScopeHead.empty(scope))));
      principals.forEach(principal -> into.put(principal, 1));
    }

    @Override
    public void load(Lookup lookup, BatchNames names, LoadedBatch into) {
      into.head(head);
    }

    @Override
    public void write(BatchRows rows) {
      head = new Head(rows.effects().headId(), 0);
    }

    @Override
    public MarkQueries marks() {
      return new NoMarks();
    }

    @Override
    public boolean isToRepeat(SQLException failure) {
      return false;
    }

    @Override
    public void commit() {}

    @Override
    public void rollBack() {}
  }
}
