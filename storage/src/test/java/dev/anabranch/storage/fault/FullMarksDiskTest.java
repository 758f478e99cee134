package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.MarkedNumbers;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of marks has no room left, and the log has.
class FullMarksDiskTest {

  /// More than may wait: the writer would rather keep its batch waiting than never hear of it.
  private static final int WRITES_MAX = 900;

  private static final MarkedNumbers NUMBERS = new MarkedNumbers(4_000);

  @TempDir Path folder;

  @Test
  void whatWaitsForAFileThatIsFullIsFoundAndSortedInOnceThereIsRoom()
      throws IOException, InterruptedException, SQLException {
    open().close();
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(SmallDisk.mount(small, "1m"), "skipped: mounting a small disk needs root");
    try {
      Path marks = folder.resolve("marks.db");
      Files.move(marks, small.resolve("marks.db"));
      Files.createSymbolicLink(marks, small.resolve("marks.db"));
      long written = fill();
      SmallDisk.enlarge(small, "256m");
      recover(written);
    } finally {
      SmallDisk.unmount(small);
    }
  }

  private long fill() {
    try (Store store = open()) {
      StoreFailure failure =
          catchThrowableOfType(StoreFailure.class, () -> NUMBERS.write(store, 0, WRITES_MAX));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FULL);
      assertThat(failure).hasMessageContaining("marks.db").hasMessageContaining("make room");
      return store.head(MarkedNumbers.SCOPE).seq();
    }
  }

  private void recover(long written) throws SQLException {
    assertThat(written).isPositive();
    try (Store store = open()) {
      NUMBERS.write(store, WRITES_MAX, WRITES_MAX + 1);
      assertThat(MarkedNumbers.found(store)).hasSize((int) written + 1);
      await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 0);
      assertThat(MarkedNumbers.found(store)).hasSize((int) written + 1);
    }
    assertThat(Storage.damage(StorageConfiguration.folder(folder))).isEmpty();
  }

  private long waiting() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select sum(count) from mark_waiting")) {
      return row.getLong(1);
    }
  }

  private Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }
}
