package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A database that an older program made and filled: today's opens it, brings its tables up to date
/// and goes on where the other left off. The rows are spelled as that program spelled them.
class OlderTablesTest {

  private static final ScopeName HOME = new ScopeName("org:older");
  private static final PageLimit ALL = new PageLimit(100, 1 << 20);
  private static final long AT = TestWriter.START_MILLIS - 1_000_000;

  private static final Write FOLDED =
      Write.insert(new WriteKey("k1"), note("a"), JsonObject.EMPTY.with("title", "one"));
  private static final Write CHANGED =
      Write.update(new WriteKey("k2"), note("a"), JsonObject.EMPTY.with("title", "two"));
  private static final Write INSERTED =
      Write.insert(new WriteKey("k3"), note("b"), JsonObject.EMPTY.with("title", "three"));
  private static final Write DELETED = Write.delete(new WriteKey("k4"), note("b"));

  @TempDir Path folder;

  private static EntityKey note(String id) {
    return new EntityKey(HOME, TestModels.NOTE, new EntityId(id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"V1__log", "V1__log V2__restored_histories", UP_TO_5, UP_TO_80})
  void aFolderOfOlderTablesIsReadAndWrittenAsIfItHadAlwaysBeenOurs(String tables)
      throws IOException, SQLException {
    StorageConfiguration older = StorageConfiguration.folder(folder.resolve("data"));
    Path file = Files.createDirectories(folder.resolve("data")).resolve("anabranch.db");
    make("sqlite", "jdbc:sqlite:" + file, tables);
    goOn(older);
  }

  @ParameterizedTest
  @ValueSource(strings = {"V1__log", "V1__log V2__restored_histories", UP_TO_5, UP_TO_80})
  void soIsAPostgresDatabase(String tables) throws IOException, SQLException {
    String address = TestPostgres.freshDatabase();
    make("postgresql", address, tables);
    goOn(StorageConfiguration.parse(address, ""));
  }

  private static final String UP_TO_5 = "V1__log V2__restored_histories V4__folded V5__marks";
  private static final String UP_TO_80 = UP_TO_5 + " V80__memberships";

  private static void goOn(StorageConfiguration older) {
    try (Store store = Storage.open(older)) {
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
      assertThat(store.head(HOME).seq()).isEqualTo(4);
      assertThat(store.entity(note("a")).orElseThrow().data()).isEqualTo(CHANGED.data());
      assertThat(store.entity(note("b")).orElseThrow().deleted()).isTrue();
      assertThat(store.read(HOME, 0, ALL)).isInstanceOf(Reading.Refetch.class);
      assertThat(((Reading.Page) store.read(HOME, 1, ALL)).changes())
          .extracting(change -> change.seq() + " " + change.key() + " " + change.action().word())
          .containsExactly("2 k2 update", "3 k3 insert", "4 k4 delete");
    }
    try (Store store = Storage.open(older)) {
      TestWriter writer = new TestWriter(store);
      assertAgain(writer.write(FOLDED), 1, 1);
      assertAgain(writer.write(CHANGED), 2, 2);
      assertAgain(writer.write(DELETED), 4, 2);
      Write other = Write.update(CHANGED.key(), note("a"), JsonObject.EMPTY.with("title", "else"));
      assertThat(writer.write(other))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.KEY_REUSED));
      assertThat(store.head(HOME).seq()).isEqualTo(4);

      JsonObject more = JsonObject.EMPTY.with("colour", "blue");
      Outcome.Applied applied =
          writer.apply(Write.update(new WriteKey("k5"), note("a"), more).expecting(2));
      assertThat(applied.version()).isEqualTo(3);
      assertThat(applied.seq()).isEqualTo(5);
      assertThat(applied.id()).isEqualTo(5);
      writer.apply(Write.insert(new WriteKey("k6"), note("b"), more));
      assertThat(store.entity(note("b")).orElseThrow().version()).isEqualTo(3);
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  private static void assertAgain(Outcome outcome, long seq, long version) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Duplicate.class,
            duplicate ->
                assertThat(duplicate.first())
                    .extracting("id", "seq", "version")
                    .containsExactly(seq, seq, version));
  }

  /// A database with these tables only, as Flyway leaves them, and four changes in it, of which the
  /// first is folded into the floor.
  private void make(String kind, String address, String tables) throws IOException, SQLException {
    Path scripts = Files.createDirectories(folder.resolve("tables"));
    for (String script : tables.split(" ")) {
      String name = script + ".sql";
      try (InputStream text =
          Storage.class.getResourceAsStream("/db/migration/" + kind + "/" + name)) {
        Files.copy(Objects.requireNonNull(text, name), scripts.resolve(name));
      }
    }
    Flyway.configure()
        .loggers("slf4j")
        .dataSource(address, null, null)
        .locations("filesystem:" + scripts)
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(address);
        Statement statement = connection.createStatement()) {
      for (String row : rows()) {
        statement.executeUpdate(row);
      }
    }
  }

  private static List<String> rows() {
    return List.of(
        "update meta set head_id = 4, head_hlc = " + Hlc.ofMillis(AT + 4),
        "insert into principal values (1, 'owner')",
        "insert into scope values (1, '" + HOME + "', 4, 4, 1, 1)",
        "insert into device values (1, '~owner', 1, 4, 3)",
        "insert into floor_entity values (1, 'note', 'a', 1, '{\"title\":\"one\"}', null, null, 0, "
            + (AT + 1)
            + ", "
            + (AT + 1)
            + ", 1, 1)",
        "insert into outcome values (1, 1, 'k1', "
            + WriteHash.of(FOLDED).high()
            + ", "
            + WriteHash.of(FOLDED).low()
            + ", 1, 1, 1, null)",
        change(2, CHANGED, 2, 1),
        change(3, INSERTED, 1, 0),
        change(4, DELETED, 2, 3),
        entity("a", 2, "{\"title\":\"two\"}", 0, 1, 2),
        entity("b", 2, "{}", 1, 3, 4));
  }

  private static String change(int seq, Write write, int version, int prior) {
    String data = write.data() == null ? "null" : "'" + write.data().text() + "'";
    return "insert into change (id, scope_id, seq, model, entity, action, version, data, write_key,"
        + " hash_high, hash_low, principal_id, n, base, hlc, prior, origin, at, erased) values ("
        + "%d, 1, %d, 'note', '%s', '%s', %d, %s, '%s', %d, %d, 1, %d, %d, %d, %d, 'test', %d, 0)"
            .formatted(
                seq,
                seq,
                write.entity().id(),
                write.action().word(),
                version,
                data,
                write.key(),
                WriteHash.of(write).high(),
                WriteHash.of(write).low(),
                seq,
                seq - 1,
                Hlc.ofMillis(AT + seq),
                prior,
                AT + seq);
  }

  private static String entity(
      String id, int version, String data, int deleted, int createdSeq, int seq) {
    return "insert into entity values (1, 'note', '%s', %d, '%s', null, null, %d, %d, %d, %d, %d)"
        .formatted(id, version, data, deleted, AT + createdSeq, AT + seq, seq, seq);
  }
}
