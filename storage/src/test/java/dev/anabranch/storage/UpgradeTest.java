package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What earlier versions stored is read, and its keys are known.
class UpgradeTest {

  private static final String ID = "0c6846af263ba340".repeat(4);
  private static final EntityKey ENTITY =
      new EntityKey(new ScopeName("org:1"), TestModels.EVENT, new EntityId(ID));
  private static final Bytes PROOF =
      Bytes.of("{\"id\":\"%s\"}".formatted(ID).getBytes(StandardCharsets.UTF_8));
  private static final Write WRITE =
      Write.insert(new WriteKey(ID), ENTITY, JsonObject.EMPTY.with("kind", 1))
          .provenBy(PROOF)
          .at(7_000_000);

  @TempDir Path folder;

  @Test
  void aFolderOfAnEarlierVersionGoesOn() throws SQLException {
    goesOn(StorageConfiguration.folder(folder), "jdbc:sqlite:" + folder.resolve("anabranch.db"));
  }

  @Test
  void soDoesPostgres() throws SQLException {
    String url = TestPostgres.freshDatabase();
    goesOn(StorageConfiguration.parse(url, ""), url);
  }

  private static void goesOn(StorageConfiguration configuration, String url) throws SQLException {
    Outcome.Applied applied;
    Change change;
    Entity entity;
    try (Store store = Storage.open(configuration)) {
      applied = new TestWriter(store).apply(WRITE);
      change = store.change(ENTITY.scope(), 1).orElseThrow();
      entity = store.entity(ENTITY).orElseThrow();
      assertThat(change.proof()).isEqualTo(PROOF);
    }
    makeOlder(url);
    try (Store store = Storage.open(configuration)) {
      assertThat(store.change(ENTITY.scope(), 1)).contains(change);
      assertThat(store.entity(ENTITY)).contains(entity);
      assertThat(new TestWriter(store).write(WRITE)).isEqualTo(new Outcome.Duplicate(applied));
      assertThat(found(store, List.of(), List.of("found", "old")))
          .containsExactly(new Found(1, new Spot(70, 11), PROOF));
      assertThat(found(store, List.of(8L), List.of())).hasSize(1);
      assertThat(found(store, List.of(), List.of())).extracting(Found::id).containsExactly(1L, 7L);
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  private static List<Found> found(Store store, List<Long> tags, List<String> words) {
    Search search = new Search(List.of(), List.of(), List.of(), tags, words, 0, Long.MAX_VALUE);
    return store.find(search, null, new PageLimit(10, 10_000)).found();
  }

  /// Writes the rows as versions before the migration 81 did, with their indexes.
  private static void makeOlder(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        PreparedStatement proof = connection.prepareStatement("update change set proof = ?")) {
      statement.execute("drop table model_rule");
      statement.execute("drop index change_key");
      if (url.startsWith("jdbc:sqlite:")) {
        statement.execute("alter table change drop column bare");
        statement.execute("alter table meta drop column bare_model");
      } else {
        statement.execute("alter table meta drop column term");
      }
      assertThat(
              statement.executeUpdate("update change set write_key = entity where write_key = ''"))
          .isEqualTo(1);
      assertThat(
              statement.executeUpdate(
                  "update entity set rule_state = replace(rule_state, ':@}', ':\"' || entity ||"
                      + " '\"}') where rule_state like '%:@}'"))
          .isEqualTo(1);
      proof.setBytes(1, PROOF.toArray());
      proof.executeUpdate();
      statement.execute(
          "create unique index change_key on change (scope_id, principal_id, write_key)");
      marksAsIn(5, url, statement);
      assertThat(
              statement.executeUpdate(
                  "delete from flyway_schema_history where version in ('81', '82', '83', '84',"
                      + " '85', '86', '87')"))
          .isEqualTo(6); // 83 is SQLite's alone, 87 is not
    }
  }

  /// The tables of marks of that migration, with one mark.
  private static void marksAsIn(int version, String url, Statement statement) throws SQLException {
    boolean isSqlite = url.startsWith("jdbc:sqlite:");
    if (isSqlite) {
      statement.execute("drop table mark_waiting");
      statement.execute("drop table mark_file");
    } else {
      for (String table : List.of("mark", "mark_tag", "mark_word")) {
        statement.execute("drop table " + table);
      }
    }
    statement.execute("drop table mark_proof");
    for (String sql : script(isSqlite ? "sqlite" : "postgresql", version)) {
      statement.execute(sql);
    }
    String bytes = isSqlite ? "x'0000000000000008'" : "'\\x0000000000000008'::bytea";
    String id = isSqlite ? "rowid" : "id";
    statement.execute("insert into mark values (1, 11, 2, 3, 70, null, " + bytes + ", null)");
    statement.execute("insert into mark_tag values (8, 70, 11, 1, 3, 2)");
    statement.execute("insert into mark_word (" + id + ", words) values (1, 'old and found')");
    statement.execute("insert into mark values (7, 12, 2, 3, 60, null, " + bytes + ", '{}')");
  }

  private static List<String> script(String database, int version) {
    String path = "/db/migration/" + database + "/V" + version + "__marks.sql";
    try (InputStream in = Objects.requireNonNull(UpgradeTest.class.getResourceAsStream(path))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.replaceAll("--.*", "").strip().split(";"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
