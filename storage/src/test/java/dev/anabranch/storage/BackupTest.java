package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.WriteGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

  private static final ScopeName SCOPE = new ScopeName("org:backup");
  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private final Random random = new Random(7);
  @TempDir Path folder;

  @Test
  void aBackupOfAFolderInUseComesBackWhole() {
    backUpAndRestore(folder("one"), folder("two"));
  }

  @Test
  void aBackupOfPostgresComesBackInPostgres() {
    backUpAndRestore(postgres(), postgres());
  }

  @Test
  void aBackupOfAFolderComesBackInPostgres() {
    backUpAndRestore(folder("one"), postgres());
  }

  @Test
  void aBackupOfPostgresComesBackInAFolder() {
    backUpAndRestore(postgres(), folder("two"));
  }

  @Test
  void aFolderFilledWithAnothersLogGoesOnBehindItsEpochs() {
    goOnBehindEpochsOfAnother(folder("one"), folder("two"));
  }

  @Test
  void soDoesPostgres() {
    goOnBehindEpochsOfAnother(folder("one"), postgres());
  }

  private void goOnBehindEpochsOfAnother(StorageConfiguration from, StorageConfiguration to) {
    Storage.open(from).close();
    Storage.beginEpoch(from, random);
    Storage.beginEpoch(from, random);
    Epochs before = Storage.epochs(from);
    assertThat(before.current()).isEqualTo(2);
    assertThat(Storage.fill(to, before, random, store -> {})).isEqualTo(3);
    assertThat(Storage.epochs(to).current()).isEqualTo(3);
    assertThat(Storage.epochs(to).takenBack()).containsAllEntriesOf(before.takenBack());
    Storage.beginEpoch(to, random);
    assertThat(Storage.epochs(to).current()).isEqualTo(4);
  }

  private void backUpAndRestore(StorageConfiguration from, StorageConfiguration to) {
    Path file = folder.resolve("backup.db");
    try (Store store = Storage.open(from)) {
      TestWriter writer = new TestWriter(store);
      write(writer, 1, 60);
      store.raiseFloor(SCOPE, 20, TestModels::ruleOf);
      Storage.backup(from, file);
      long backedUp = store.head(SCOPE).id();
      Reading before = store.read(SCOPE, store.head(SCOPE).floorId(), ALL);
      var state = store.state(SCOPE, null, ALL);
      write(writer, 2, 5);

      assertThat(Storage.restore(file, to, random)).isEqualTo(1);
      try (Store restored = Storage.open(to)) {
        assertThat(restored.epoch()).isEqualTo(1);
        assertThat(restored.read(SCOPE, restored.head(SCOPE).floorId(), ALL)).isEqualTo(before);
        assertThat(restored.state(SCOPE, null, ALL)).isEqualTo(state);
        assertThat(restored.read(SCOPE, backedUp + 1, ALL))
            .isEqualTo(new Reading.Refetch(RefetchReason.EPOCH));
        write(new TestWriter(restored), 3, 5);
        assertThat(restored.head(SCOPE).id()).isGreaterThan(1L << 40);
        assertThat(new FoldCheck(restored, TestModels.ALL).everything()).isEmpty();
      }
    }
  }

  @Test
  void twoRestoresOfOneBackupShareNoCursor() {
    Path file = folder.resolve("backup.db");
    try (Store store = Storage.open(folder("one"))) {
      write(new TestWriter(store), 1, 10);
    }
    Storage.backup(folder("one"), file);
    for (StorageConfiguration to : List.of(folder("first"), folder("second"))) {
      Storage.restore(file, to, random);
    }
    long cursor;
    try (Store first = Storage.open(folder("first"))) {
      write(new TestWriter(first), 2, 5);
      cursor = first.head(SCOPE).id();
    }
    try (Store second = Storage.open(folder("second"))) {
      write(new TestWriter(second), 3, 40);
      assertThat(second.read(SCOPE, cursor, ALL)).isInstanceOf(Reading.Refetch.class);
    }
  }

  @Test
  void aRestoreNeverOverwrites() {
    Path file = folder.resolve("backup.db");
    Storage.open(folder("one")).close();
    Storage.backup(folder("one"), file);
    assertThatThrownBy(() -> Storage.restore(file, folder("one"), random))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("empty folder");
    assertThatThrownBy(() -> Storage.backup(folder("one"), file))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("new file");
    StorageConfiguration database = postgres();
    Storage.restore(file, database, random);
    assertThatThrownBy(() -> Storage.restore(file, database, random))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("not empty");
  }

  @Test
  void aRestoreDoesNotPickUpTheLogOfAnotherDatabase() throws IOException {
    Path file = folder.resolve("backup.db");
    Storage.open(folder("one")).close();
    Storage.backup(folder("one"), file);
    Path left = Files.createDirectory(folder.resolve("two")).resolve("anabranch.db-wal");
    Files.writeString(left, "acknowledged by a server that was killed");
    assertThatThrownBy(() -> Storage.restore(file, folder("two"), random))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("anabranch.db-wal");
    assertThat(left).exists();
    Files.move(left, left.resolveSibling("anabranch.db.partial-wal"));
    Storage.restore(file, folder("two"), random);
    assertThat(left.resolveSibling("anabranch.db.partial-wal")).doesNotExist();
  }

  @Test
  void aDamagedBackupIsNotRestored() throws IOException {
    Path file = folder.resolve("backup.db");
    Files.writeString(file, "this is no database, and long enough to be looked at".repeat(100));
    assertThatThrownBy(() -> Storage.restore(file, folder("one"), random))
        .isInstanceOfSatisfying(
            StoreFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.CORRUPT));
    assertThat(folder.resolve("one").resolve("anabranch.db")).doesNotExist();
  }

  private StorageConfiguration folder(String name) {
    return StorageConfiguration.folder(folder.resolve(name));
  }

  private static StorageConfiguration postgres() {
    return StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
  }

  private static void write(TestWriter writer, int seed, int writes) {
    WriteGenerator generator = new WriteGenerator(new Random(seed), "seed" + seed);
    for (int count = 0; count < writes; count++) {
      writer.batch(List.of(Commit.of(TestWriter.OWNER, generator.next(SCOPE))));
    }
  }
}
