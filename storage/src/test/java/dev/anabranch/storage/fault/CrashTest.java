package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Acknowledged ⊆ recovered, after a kill in the middle of commits (K6, K3, K2).
class CrashTest {

  private static final int ROUNDS = 3;

  @TempDir Path folder;

  @Test
  void whatSqliteAcknowledgedSurvivesAKill() throws IOException, InterruptedException {
    survivesKills(folder.toString());
  }

  @Test
  void whatPostgresAcknowledgedSurvivesAKillAndTheNextOwnerNeedNotWait()
      throws IOException, InterruptedException {
    survivesKills(TestPostgres.freshDatabase());
  }

  private static void survivesKills(String place) throws IOException, InterruptedException {
    StorageConfiguration configuration = StorageConfiguration.parse(place, "");
    long before = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long acknowledged = CommittingProcess.start(place).killAfter((int) before + 20 + 15 * round);
      try (Store store = Storage.open(configuration)) {
        before = store.head(CommittingProcess.SCOPE).seq();
        assertThat(before).isGreaterThanOrEqualTo(acknowledged);
        assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
        assertThat(new TestWriter(store).write(CommittingProcess.write(acknowledged)))
            .isInstanceOfSatisfying(
                Outcome.Duplicate.class,
                again ->
                    assertThat(((Outcome.Applied) again.first()).seq()).isEqualTo(acknowledged));
      }
    }
  }

  @Test
  void whatAKilledImportLeftInAFolderIsNotTakenForWhole() throws IOException, InterruptedException {
    isRefusedAfterAKill(folder.resolve("empty").toString(), 0);
    isRefusedAfterAKill(folder.resolve("filled").toString(), 5);
  }

  @Test
  void norInPostgres() throws IOException, InterruptedException {
    isRefusedAfterAKill(TestPostgres.freshDatabase(), 0);
    String filled = TestPostgres.freshDatabase();
    isRefusedAfterAKill(filled, 5);
    Path backup = folder.resolve("backup.db");
    Storage.open(StorageConfiguration.folder(folder)).close();
    Storage.backup(StorageConfiguration.folder(folder), backup);
    assertThatThrownBy(
            () -> Storage.restore(backup, StorageConfiguration.parse(filled, ""), new Random(1)))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("not empty");
  }

  private void isRefusedAfterAKill(String place, int changes)
      throws IOException, InterruptedException {
    FillingProcess.killAfter(changes, place);
    StorageConfiguration left = StorageConfiguration.parse(place, "");
    Epochs before = new Epochs(0, new TreeMap<>());
    List<ThrowingCallable> doors =
        List.of(
            () -> Storage.open(left).close(),
            () -> Storage.fill(left, before, new Random(1), store -> {}),
            () -> Storage.backup(left, folder.resolve("left.db")),
            () -> Storage.beginEpoch(left, new Random(1)));
    assertThat(doors)
        .allSatisfy(door ->
            assertThatThrownBy(door)
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("was not finished"));
    assertThat(folder.resolve("left.db")).doesNotExist();
  }

  @Test
  void aFolderInUseNamesItsHolder() throws IOException, InterruptedException {
    CommittingProcess owner = CommittingProcess.start(folder.toString());
    owner.readUntil(1);
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class, () -> Storage.open(StorageConfiguration.folder(folder)).close());
    owner.killAfter(2);
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.LOCKED);
    assertThat(failure).hasMessageContaining(folder.toString()).hasMessageContaining("process ");
    Storage.open(StorageConfiguration.folder(folder)).close();
  }
}
