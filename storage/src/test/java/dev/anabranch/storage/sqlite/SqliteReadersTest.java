package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sessions that many readers share.
@Timeout(60)
final class SqliteReadersTest {

  @TempDir private Path folder;

  @Test
  void whoWaitsForASessionWhenTheStoreClosesIsToldSo() throws Exception {
    try (SqliteStore made = SqliteStore.open(folder, 1, 1 << 20)) {
      assertThat(made.lastMarkedId()).isZero();
    }
    Path database = DataFolder.databaseIn(folder);
    SqliteReaders readers =
        SqliteReaders.open(
            () -> SqliteConnections.reading(database), 1, new SqliteFailures(database));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> holder =
        CompletableFuture.supplyAsync(() ->
            readers.read(session -> {
              held.countDown();
              return await(release);
            }));
    held.await();
    CompletableFuture<Integer> waiting =
        CompletableFuture.supplyAsync(() -> readers.read(session -> 2));
    CompletableFuture<Void> closing = CompletableFuture.runAsync(readers::close);
    release.countDown();
    closing.join();
    assertThat(holder.join()).isEqualTo(1);
    Throwable thrown = catchThrowable(waiting::join);
    if (thrown != null) { // else it came before the closing
      assertThat(thrown).hasRootCauseInstanceOf(StoreFailure.class).hasMessageContaining("closed");
    }
    assertThat(catchThrowable(() -> readers.read(session -> 3)))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("closed");
  }

  @Test
  void whoWaitsTooLongForASessionIsToldThatAllAreBusy() throws Exception {
    SqliteStore.open(folder, 1, 1 << 20).close();
    Path database = DataFolder.databaseIn(folder);
    Failures failures = new SqliteFailures(database);
    try (SqliteReaders readers =
        SqliteReaders.open(() -> SqliteConnections.reading(database), 1, 1, failures)) {
      StoreFailure failure =
          readers.read(
              session -> catchThrowableOfType(StoreFailure.class, () -> readers.read(inner -> 1)));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.BUSY);
      assertThat(readers.<Integer>read(session -> 2)).isEqualTo(2);
    }
  }

  /// SQLite does so by itself when the disk or the memory fails under a read.
  @Test
  void aSessionThatLostItsTransactionIsReplaced() throws Exception {
    SqliteStore.open(folder, 1, 1 << 20).close();
    Path database = DataFolder.databaseIn(folder);
    Failures failures = new SqliteFailures(database);
    try (SqliteReaders readers =
        SqliteReaders.open(() -> SqliteConnections.reading(database), 1, 1, failures)) {
      readers.read(session -> {
        try (Statement statement = session.connection().createStatement()) {
          return statement.execute("rollback");
        }
      });
      for (int read = 0; read < 2; read++) {
        boolean isThere =
            readers.read(session ->
                session.first("select head_id from meta", row -> row.getLong(1)) != null);
        assertThat(isThere).isTrue();
      }
    }
  }

  @Test
  void theWriterIsProbedThoughAllReadersAreBusy() throws Exception {
    try (SqliteStore store = SqliteStore.open(folder, 1, 1 << 20)) {
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      CompletableFuture<?> holder =
          CompletableFuture.supplyAsync(() ->
              store
                  .readers()
                  .read(session -> {
                    held.countDown();
                    return await(release);
                  }));
      held.await();
      try {
        store.probeWriting();
      } finally {
        release.countDown();
      }
      assertThat(holder.join()).isEqualTo(1);
    }
  }

  private static int await(CountDownLatch latch) {
    try {
      latch.await();
      return 1;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
