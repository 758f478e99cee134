package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Place;
import dev.anabranch.storage.postgres.PostgresStore;
import dev.anabranch.storage.sqlite.SqliteStore;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.WriteGenerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is not in the writer's memory is taken for new, and found out when it was not (K2, K4): a
/// writer that hardly remembers anything answers as a store does that has everything in memory.
class LittleCacheTest {

  private static final int BATCHES = 2_000;

  /// Room for two scopes, two principals, two devices and some eight entities.
  private static final int CACHE_BYTES = 6_000;

  private static final List<ScopeName> SCOPES =
      List.of(new ScopeName("org:a"), new ScopeName("org:b"), new ScopeName("org:c"));

  @Test
  void onSqlite(@TempDir Path folder) {
    answersAsMemoryDoes(SqliteStore.open(folder, 2, CACHE_BYTES), 1);
  }

  @Test
  void onPostgres() {
    Place.Postgres place = (Place.Postgres) Place.parse(TestPostgres.freshDatabase(), "");
    answersAsMemoryDoes(PostgresStore.open(place.address(), 2, CACHE_BYTES), 2);
  }

  private static void answersAsMemoryDoes(Store store, long seed) {
    Random seeded = new Random(seed);
    try (store;
        Store memory = MemoryStore.fresh()) {
      TestWriter writer = new TestWriter(store);
      TestWriter example = new TestWriter(memory);
      List<List<Commit>> earlier = new ArrayList<>();
      earlier.add(grants());
      WriteGenerator generator = new WriteGenerator(seeded, "k");
      for (int batch = 0; batch < BATCHES; batch++) {
        List<Commit> calls =
            batch == 0 || seeded.nextInt(20) == 0
                ? earlier.get(seeded.nextInt(earlier.size()))
                : calls(generator, seeded);
        assertThat(writer.batch(calls))
            .as("batch %d of seed %d", batch, seed)
            .isEqualTo(example.batch(calls));
        earlier.add(calls);
        writer.pass(1);
        example.pass(1);
      }
      for (ScopeName scope : SCOPES) {
        assertThat(store.head(scope)).isEqualTo(memory.head(scope));
      }
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  private static List<Commit> calls(WriteGenerator generator, Random seeded) {
    List<Commit> calls = new ArrayList<>();
    for (int call = seeded.nextInt(3); call >= 0; call--) {
      List<Write> writes = new ArrayList<>();
      for (int write = seeded.nextInt(2); write >= 0; write--) {
        writes.add(generator.next(SCOPES.get(seeded.nextInt(SCOPES.size()))));
      }
      calls.add(new Commit(caller(seeded), writes, seeded.nextBoolean()));
    }
    return calls;
  }

  private static Caller caller(Random seeded) {
    return switch (seeded.nextInt(4)) {
      case 0 -> TestWriter.granted("ann");
      case 1 -> TestWriter.granted("bob");
      default -> TestWriter.OWNER;
    };
  }

  private static List<Commit> grants() {
    Write grant =
        Write.insert(
            new WriteKey("grant"),
            EntityKey.grant(SCOPES.getFirst(), new PrincipalId("ann")),
            JsonObject.EMPTY.with("right", "write"));
    return List.of(Commit.of(TestWriter.OWNER, grant));
  }
}
