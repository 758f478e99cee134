package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  private static final int WRITES_MAX = 20_000;

  @TempDir Path folder;

  @Test
  void aFullDiskStopsTheStoreAndLosesNothing() throws IOException, InterruptedException {
    assumeTrue(SmallDisk.mount(folder, "2m"), "skipped: mounting a small disk needs root");
    try {
      fillAndRecover();
    } finally {
      SmallDisk.unmount(folder);
    }
  }

  @Test
  void isNotOpenedAgainBeforeThereIsRoomForMore() throws IOException, InterruptedException {
    assumeTrue(SmallDisk.mount(folder, "2m"), "skipped: mounting a small disk needs root");
    try {
      StorageConfiguration configuration = StorageConfiguration.folder(folder);
      LogEnd end;
      try (Store store = Storage.open(configuration)) {
        assertThatThrownBy(() -> fill(store)).isInstanceOf(StoreFailure.class);
        end = store.end();
      }
      Random random = new Random(1);
      StoreFailure failure =
          catchThrowableOfType(
              StoreFailure.class, () -> Storage.openAgain(configuration, end, random).close());
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FULL);
      SmallDisk.enlarge(folder, "32m");
      try (Store store = Storage.openAgain(configuration, end, random)) {
        assertThat(store.end()).isEqualTo(end);
        new TestWriter(store)
            .apply(CommittingProcess.write(store.head(CommittingProcess.SCOPE).seq() + 1));
      }
      assertThat(folder.resolve("room.partial")).doesNotExist();
    } finally {
      SmallDisk.unmount(folder);
    }
  }

  private void fillAndRecover() throws IOException, InterruptedException {
    long acknowledged;
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> fill(store));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FULL);
      assertThat(failure).hasMessageContaining("make room");
      acknowledged = store.head(CommittingProcess.SCOPE).seq();
      assertThat(acknowledged).isPositive();
      SmallDisk.enlarge(folder, "32m");
      assertThatThrownBy(() -> fill(store))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("open the store again");
    }
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      assertThat(store.head(CommittingProcess.SCOPE).seq()).isEqualTo(acknowledged);
      new TestWriter(store).apply(CommittingProcess.write(acknowledged + 1));
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  private static void fill(Store store) {
    TestWriter writer = new TestWriter(store);
    long from = store.head(CommittingProcess.SCOPE).seq();
    for (long seq = from + 1; seq <= WRITES_MAX; seq++) {
      writer.apply(CommittingProcess.write(seq));
    }
  }
}
