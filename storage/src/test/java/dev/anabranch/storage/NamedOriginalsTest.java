package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signed originals under their own names, whose entities SQLite keeps in their changes (decision
/// 0095): whatever is written, in whatever order, a database answers as memory does.
class NamedOriginalsTest {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);
  private static final int STEPS = 40;
  private static final List<ModelName> SIGNED =
      List.of(new ModelName("signed"), new ModelName("sealed"));
  private static final Models MODELS =
      new Models(SIGNED.stream().map(NamedOriginalsTest::model).toList(), Map.of());
  private static final List<ScopeName> SCOPES =
      List.of(new ScopeName("user:home"), new ScopeName("chat:talk"));
  private static final List<Caller> CALLERS =
      List.of(TestWriter.OWNER, new Caller(new PrincipalId("another"), Authority.OWNER, "test"));
  private static final List<String> NAMES =
      List.of("0a".repeat(32), "1b".repeat(32), "2c".repeat(32), "no name");

  @TempDir Path folder;

  private static Model model(ModelName name) {
    return new Model(
        name,
        new NewestRule(),
        Right.WRITE,
        Model.BYTES_MAX_DEFAULT,
        Set.of(),
        Schema.ANY,
        NamedOriginalsTest::markOf);
  }

  private static Optional<Mark> markOf(Change change) {
    return Optional.ofNullable(change.proof())
        .map(proof -> new Mark(proof.hashCode(), 1, 2, change.id(), null, List.of(), Set.of()));
  }

  @Test
  void aFolderAnswersAsMemoryDoes() {
    for (int seed = 0; seed < 60; seed++) {
      play(seed, StorageConfiguration.folder(folder.resolve("seed" + seed)));
    }
  }

  @Test
  void soDoesAFolderWithRowsOfAnEarlierVersion() throws SQLException {
    for (int seed = 100; seed < 130; seed++) {
      Path path = folder.resolve("seed" + seed);
      StorageConfiguration configuration = StorageConfiguration.folder(path);
      Game game = new Game(seed);
      game.play(configuration, STEPS / 2);
      writeOut(path);
      game.play(configuration, STEPS);
    }
  }

  /// Has the rows of a folder say what they leave to their changes by now.
  private static void writeOut(Path folder) throws SQLException {
    try (Connection raw = raw(folder);
        Statement statement = raw.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "update entity set data = c.data, created_at = c.at, updated_at = c.at,"
                      + " rule_state = '{\"hlc\":' || c.hlc || ',\"key\":@}' from change c where"
                      + " c.id = entity.id and entity.data = ''"))
          .isNotNegative();
      statement.executeUpdate("update change set bare = null");
      statement.executeUpdate("update meta set bare_model = null");
    }
  }

  private static Connection raw(Path folder) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db"));
  }

  @Test
  void soDoesPostgres() {
    for (int seed = 0; seed < 8; seed++) {
      play(seed, StorageConfiguration.parse(TestPostgres.freshDatabase(), ""));
    }
  }

  @Test
  void soDoesPostgresOnceAFolderIsRestoredIntoIt() {
    for (int seed = 0; seed < 6; seed++) {
      StorageConfiguration from = StorageConfiguration.folder(folder.resolve("from" + seed));
      Store memory = play(seed, from);
      Path file = folder.resolve("backup" + seed);
      StorageConfiguration to = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
      Storage.backup(from, file);
      Storage.restore(file, to, new Random(seed));
      try (Store restored = Storage.open(to)) {
        isLike(memory, restored);
      }
    }
  }

  @Test
  void anEntityWhoseOnlyChangeIsGoneIsCalledDamaged() throws SQLException {
    EntityKey key =
        new EntityKey(SCOPES.getFirst(), SIGNED.getFirst(), new EntityId(NAMES.getFirst()));
    StorageConfiguration configuration = StorageConfiguration.folder(folder);
    try (Store store = Storage.open(configuration)) {
      new TestWriter(store, MODELS).apply(original(new WriteKey(key.id().text()), key, 0));
    }
    try (Connection raw = raw(folder);
        Statement statement = raw.createStatement()) {
      assertThat(statement.executeUpdate("delete from change where bare = 1")).isEqualTo(1);
    }
    assertThat(Storage.damage(configuration))
        .containsExactly("the change 1, which says everything about its entity, is not there");
    try (Store store = Storage.open(configuration)) {
      assertThatThrownBy(() -> store.entity(key))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining(key.id().text())
          .hasMessageContaining("restore a backup");
    }
  }

  private static Store play(long seed, StorageConfiguration configuration) {
    Game game = new Game(seed);
    game.play(configuration, STEPS);
    return game.memory;
  }

  @Test
  void aKeyThatIsFoundNowhereIsDamage() throws SQLException {
    StorageConfiguration configuration = StorageConfiguration.folder(folder);
    EntityKey key =
        new EntityKey(SCOPES.getFirst(), SIGNED.getFirst(), new EntityId(NAMES.getFirst()));
    try (Store store = Storage.open(configuration)) {
      new TestWriter(store, MODELS).apply(original(new WriteKey(key.id().text()), key, 0));
    }
    assertThat(Storage.damage(configuration)).isEmpty();
    try (Connection raw = raw(folder);
        Statement statement = raw.createStatement()) {
      assertThat(statement.executeUpdate("delete from entity where data = ''")).isEqualTo(1);
    }
    assertThat(Storage.damage(configuration))
        .containsExactly("no entity names the change 1, its only one");
  }

  /// Writes the same to memory and to a database, which is opened anew now and then.
  private static final class Game {

    private final Store memory = MemoryStore.fresh();
    private final TestWriter expected = new TestWriter(memory, MODELS);
    private final long seed;
    private final Random random;
    private int step;

    Game(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void play(StorageConfiguration configuration, int steps) {
      while (step < steps) {
        try (Store store = Storage.open(configuration)) {
          TestWriter writer = new TestWriter(store, MODELS);
          do {
            List<Commit> batch = batch(random, step);
            assertThat(writer.batch(batch))
                .as("seed %d, step %d", seed, step)
                .isEqualTo(expected.batch(batch));
            if (random.nextInt(12) == 0) {
              raiseFloors(random, memory, store);
            }
            step++;
          } while (random.nextInt(8) > 0 && step < steps);
          isLike(memory, store);
        }
        assertThat(Storage.damage(configuration)).isEmpty();
      }
    }
  }

  private static List<Commit> batch(Random random, int step) {
    List<Commit> batch = new ArrayList<>();
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      batch.add(Commit.of(one(random, CALLERS), write(random, step)));
    }
    return batch;
  }

  private static Write write(Random random, int step) {
    EntityKey entity =
        new EntityKey(one(random, SCOPES), one(random, SIGNED), new EntityId(one(random, NAMES)));
    WriteKey key =
        switch (random.nextInt(8)) {
          case 0 -> new WriteKey(one(random, NAMES));
          case 1 -> new WriteKey("step " + random.nextInt(step + 1));
          default -> new WriteKey(entity.id().text());
        };
    long time = TestWriter.START_MILLIS + random.nextInt(5);
    if (random.nextInt(5) == 0) {
      return Write.delete(key, entity).at(time);
    }
    // What a key says depends on the key alone, mostly.
    int said = random.nextInt(10) == 0 ? step : 0;
    return original(key, entity, said).at(said == 0 ? TestWriter.START_MILLIS : time);
  }

  private static Write original(WriteKey key, EntityKey entity, int said) {
    String original = "{\"id\":\"%s\",\"said\":%d}".formatted(entity.id(), said);
    return Write.insert(key, entity, JsonObject.EMPTY.with("said", said))
        .provenBy(Bytes.of(original.getBytes(StandardCharsets.UTF_8)))
        .at(TestWriter.START_MILLIS);
  }

  private static <T> T one(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static void raiseFloors(Random random, Store... stores) {
    ScopeName scope = one(random, SCOPES);
    long seq = Math.min(1L + random.nextInt(6), stores[0].head(scope).seq());
    for (Store store : stores) {
      store.raiseFloor(scope, seq, model -> MODELS.of(model).rule());
    }
  }

  private static void isLike(Store memory, Store store) {
    for (ScopeName scope : SCOPES) {
      assertThat(state(store, scope)).isEqualTo(state(memory, scope));
      assertThat(store.floor(scope, null, ALL)).isEqualTo(memory.floor(scope, null, ALL));
      for (Entity entity : state(memory, scope)) {
        assertThat(store.entity(entity.key())).contains(entity);
        assertThat(store.change(scope, entity.seq())).isEqualTo(memory.change(scope, entity.seq()));
      }
    }
    assertThat(store.find(Search.ALL, null, ALL).found())
        .containsExactlyInAnyOrderElementsOf(memory.find(Search.ALL, null, ALL).found());
    assertThat(new FoldCheck(store, MODELS).everything()).isEmpty();
  }

  private static List<Entity> state(Store store, ScopeName scope) {
    return store.state(scope, null, ALL).entities();
  }
}
