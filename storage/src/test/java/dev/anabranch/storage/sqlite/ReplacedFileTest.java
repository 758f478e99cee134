package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files of a data folder that go or are replaced while a server has them open.
class ReplacedFileTest {

  private static final ScopeName SCOPE = new ScopeName("org:replaced");

  @TempDir Path parent;

  @Test
  void acknowledgesNothingOnceItsFileWasRemoved() throws IOException {
    for (String name : List.of("anabranch.db", "anabranch.db-wal")) {
      Path folder = parent.resolve("removed-" + name);
      try (SqliteStore store = open(folder)) {
        write(store, "a");
        Files.delete(folder.resolve(name));
        assertThat(refused(() -> write(store, "b"))).hasMessageContaining(name + " was removed");
        assertThat(refused(() -> write(store, "c"))).hasMessageContaining("was removed");
      }
    }
  }

  @Test
  void acknowledgesNothingOnceItsFileWasReplaced() throws IOException {
    Path folder = parent.resolve("replaced");
    try (SqliteStore store = open(folder)) {
      write(store, "a");
      Path file = folder.resolve("anabranch.db");
      Path copy = Files.copy(file, parent.resolve("copy"));
      Files.delete(file);
      Files.move(copy, file);
      assertThat(refused(() -> write(store, "b"))).hasMessageContaining("was replaced");
    }
  }

  @Test
  @Timeout(60)
  void isToldSoWithoutAWriteAndAnswersNoProbe() throws Exception {
    for (String name : List.of("anabranch.db", "anabranch.db-wal", "marks.db")) {
      Path folder = parent.resolve("idle-" + name);
      try (SqliteStore store = open(folder)) {
        write(store, "a");
        store.probe();
        CountDownLatch told = new CountDownLatch(1);
        store.whenInDoubt(told::countDown);
        Files.move(folder.resolve(name), parent.resolve("away-" + name));
        assertThat(refused(store::probe)).hasMessageContaining(name);
        told.await();
        assertThat(refused(store::probeWriting)).hasMessageContaining(name);
      }
    }
  }

  @Test
  void aFolderThatIsGoneIsNotMadeAnewForAServerThatHadIt() throws IOException {
    Path folder = parent.resolve("gone");
    LogEnd end;
    try (SqliteStore store = open(folder)) {
      write(store, "a");
      end = store.end();
    }
    Path away = Files.move(folder, parent.resolve("away"));
    StorageConfiguration configuration = StorageConfiguration.folder(folder);
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class, () -> Storage.openAgain(configuration, end, new Random(1)).close());
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
    assertThat(folder).doesNotExist();
    Files.move(away, folder);
    try (Store again = Storage.openAgain(configuration, end, new Random(1))) {
      assertThat(again.end()).isEqualTo(end);
    }
  }

  private static SqliteStore open(Path folder) {
    return SqliteStore.open(folder, 2, 1024 * 1024);
  }

  private static void write(Store store, String id) {
    EntityKey key = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    new TestWriter(store).apply(Write.insert(new WriteKey(id), key, JsonObject.EMPTY.with("n", 1)));
  }

  private static StoreFailure refused(ThrowingCallable asked) {
    StoreFailure failure = catchThrowableOfType(StoreFailure.class, asked);
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.CORRUPT);
    return failure;
  }
}
