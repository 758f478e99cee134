package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.file.Path;
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
