package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedFileTest {

  private static final int WAL_HEADER_BYTES = 32;
  private static final int FRAME_BYTES = 24 + 4096;

  @TempDir Path folder;

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Files.writeString(folder.resolve("anabranch.db"), "no database at all. ".repeat(500));
    assertThat(kindOfOpening()).isEqualTo(StoreFailure.Kind.CORRUPT);
  }

  @Test
  void refusesAFileWithAnOverwrittenPage() throws IOException {
    try (Store store = open()) {
      write(store, 1, 200);
    }
    assertThat(Storage.damage(StorageConfiguration.folder(folder))).isEmpty();
    overwrite(folder.resolve("anabranch.db"), 4096, 4096);
    assertThat(kindOfOpening()).isEqualTo(StoreFailure.Kind.CORRUPT);
  }

  @Test
  void refusesALogThatIsDamagedBeforeAcknowledgedCommits()
      throws IOException, InterruptedException {
    Path wal = killedWithALog();
    overwrite(wal, WAL_HEADER_BYTES + 2L * FRAME_BYTES + 100, 8);
    assertThat(kindOfOpening()).isEqualTo(StoreFailure.Kind.CORRUPT);
  }

  @Test
  void refusesALogWithADamagedHeader() throws IOException, InterruptedException {
    Path wal = killedWithALog();
    overwrite(wal, 12, 4);
    assertThat(kindOfOpening()).isEqualTo(StoreFailure.Kind.CORRUPT);
  }

  @Test
  void opensAfterALogWasTornAtItsEnd() throws IOException, InterruptedException {
    Path wal = killedWithALog();
    try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
      file.setLength(file.length() + 1000);
    }
    try (Store store = open()) {
      assertThat(store.head(CommittingProcess.SCOPE).seq()).isGreaterThanOrEqualTo(40);
    }
  }

  @Test
  void namesTheChangeWhoseTextIsDamagedToWhoeverAsksForAField() throws SQLException {
    try (Store store = open()) {
      write(store, 1, 3);
    }
    try (Connection raw =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db"));
        Statement statement = raw.createStatement()) {
      statement.execute(
          "update change set data = substr(data, 1, length(data) - 2) || '}' where id = 2");
    }
    try (Store store = open()) {
      assertThatThrownBy(() -> new FoldCheck(store, TestModels.ALL).everything())
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("the change 2 of ")
          .hasMessageContaining("restore a backup");
    }
  }

  private Path killedWithALog() throws IOException, InterruptedException {
    CommittingProcess.start(folder.toString()).killAfter(40);
    Path wal = folder.resolve("anabranch.db-wal");
    assertThat(Files.size(wal)).isGreaterThan(10L * FRAME_BYTES);
    return wal;
  }

  private StoreFailure.Kind kindOfOpening() {
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class,
            () -> {
              try (Store store = open()) {
                store.read(CommittingProcess.SCOPE, 0, PageLimit.DEFAULT);
              }
            });
    assertThat(failure).hasMessageContaining(folder.toString()).hasMessageContaining("restore");
    return failure.kind();
  }

  private Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  private static void write(Store store, int from, int to) {
    TestWriter writer = new TestWriter(store);
    for (int seq = from; seq <= to; seq++) {
      writer.apply(CommittingProcess.write(seq));
    }
  }

  private static void overwrite(Path path, long at, int bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      for (int index = 0; index < bytes; index++) {
        file.write(0x5a);
      }
    }
  }
}
