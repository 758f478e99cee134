package dev.anabranch.storage.load;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// Commits batches of writes through the sequencer, one after the other, and says how many changes
/// a second became durable, and what each cost this thread (on a busy machine the better figure).
///
/// Arguments: a folder, a `postgresql://` address or `embedded` for a PostgreSQL of its own; writes
/// a batch; seconds; `insert` (every write a new entity) or `update` (of 5,000 entities); scopes.
public final class CommitLoad {

  private static final int ENTITIES = 5_000;
  private static final String FILLER = "x".repeat(150);

  private final Store store;
  private final Sequencer sequencer = new Sequencer(TestModels.ALL);
  private final boolean inserting;
  private final int scopes;
  private long written;

  private CommitLoad(Store store, boolean inserting, int scopes) {
    this.store = store;
    this.inserting = inserting;
    this.scopes = scopes;
  }

  /// Runs it.
  public static void main(String[] arguments) throws IOException {
    if (!"embedded".equals(arguments[0])) {
      run(arguments[0], arguments);
      return;
    }
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", "256MB")
            .start()) {
      run(server.getJdbcUrl("postgres", "postgres"), arguments);
    }
  }

  private static void run(String place, String[] arguments) {
    int batch = Integer.parseInt(arguments[1]);
    long seconds = Long.parseLong(arguments[2]);
    boolean inserting = "insert".equals(arguments[3]);
    int scopes = Integer.parseInt(arguments[4]);
    try (Store store = Storage.open(StorageConfiguration.parse(place, ""))) {
      CommitLoad load = new CommitLoad(store, inserting, scopes);
      for (long second = 0; second < seconds; second++) {
        long before = load.written;
        long began = System.nanoTime();
        long beganCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        while (System.nanoTime() - began < 1_000_000_000L) {
          load.commit(batch);
        }
        long nanos = System.nanoTime() - began;
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - beganCpu;
        long changes = load.written - before;
        System.out.printf(
            "%,d changes/s; %,d ns of this thread a change%n",
            changes * 1_000_000_000L / nanos, cpu / changes);
      }
    }
  }

  private void commit(int batch) {
    List<Commit> calls = new ArrayList<>(batch);
    for (int index = 0; index < batch; index++) {
      calls.add(Commit.of(TestWriter.OWNER, write(written + index)));
    }
    store.commit(
        sequencer.lookups(calls),
        loaded -> sequencer.decide(loaded, calls, System.currentTimeMillis()).effects());
    written += batch;
  }

  private Write write(long number) {
    String id =
        inserting ? "note-" + number + "-" + System.nanoTime() : "note-" + number % ENTITIES;
    ScopeName scope = new ScopeName("org:" + number % scopes);
    JsonObject data =
        JsonObject.EMPTY.with("title", "number " + number).with("n", number).with("text", FILLER);
    return Write.insert(
        new WriteKey("key-" + System.nanoTime() + "-" + number),
        new EntityKey(scope, TestModels.NOTE, new EntityId(id)),
        data);
  }
}
