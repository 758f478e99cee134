package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nobody writes behind somebody who got past the folder's lock.
class SqliteFencingTest {

  private static final ScopeName SCOPE = new ScopeName("org:fenced");

  private static final Credential CREDENTIAL =
      new Credential(
          Credential.TOKEN,
          "one",
          new PrincipalId("somebody"),
          null,
          Authority.GRANTED,
          "",
          1,
          null,
          null);

  @TempDir Path folder;

  @Test
  void aWriteBehindAHeadThatSomebodyElseMovedIsRefusedWhole() throws SQLException {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      write(store, "a");
      sql("update meta set head_id = head_id + 7");
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> write(store, "late"));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FENCED);
    }
    try (Store again = Storage.open(StorageConfiguration.folder(folder))) {
      assertThat(again.head(SCOPE).seq()).isEqualTo(1);
      assertThat(again.entity(key("late"))).isEmpty();
    }
  }

  @Test
  void aBatchThatHasReadBeforeSomebodyWroteBesideItIsDecidedAgain() {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      write(store, "a");
      int decisions = decide(store, reading("b"), () -> store.credentials().put(CREDENTIAL));
      assertThat(decisions).isEqualTo(2);
      assertThat(store.entity(key("b"))).isPresent();
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  @Test
  void aBatchThatHasNothingToReadIsDecidedOnceWhoeverWritesBesideIt() {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      write(store, "a");
      int decisions = decide(store, insert("b"), () -> store.credentials().put(CREDENTIAL));
      assertThat(decisions).isEqualTo(1);
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  @Test
  void aBatchWaitsForATransactionThatIsOpenBesideItWhetherItHasReadOrNot() throws Exception {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      write(store, "a");
      for (Write write : List.of(insert("b"), reading("c"))) {
        CompletableFuture<Void> released = new CompletableFuture<>();
        int decisions = decide(store, write, () -> holdForAWhile(released));
        released.get();
        assertThat(decisions).isBetween(1, 2);
        assertThat(store.entity(write.entity())).isPresent();
      }
    }
  }

  /// Has to be asked of the database: a device that nobody has seen.
  private static Write reading(String id) {
    return insert(id).causedBy(new CausalClaim(new DeviceId("of-" + id), 1L, null));
  }

  /// Commits a write while something is done beside its first decision; how often it was decided.
  private static int decide(Store store, Write write, Runnable beside) {
    Sequencer sequencer = new Sequencer(TestModels.ALL);
    List<Commit> calls = List.of(Commit.of(TestWriter.OWNER, write));
    AtomicInteger decisions = new AtomicInteger();
    store.commit(
        new Sequencer(TestModels.ALL).lookups(calls),
        loaded -> {
          if (decisions.incrementAndGet() == 1) {
            beside.run();
          }
          return sequencer.decide(loaded, calls, 2).effects();
        });
    return decisions.get();
  }

  private void holdForAWhile(CompletableFuture<Void> released) {
    try {
      Connection beside =
          DriverManager.getConnection("jdbc:sqlite:" + DataFolder.databaseIn(folder));
      open(beside);
      released.completeAsync(
          () -> close(beside), CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void open(Connection beside) {
    try {
      beside.setAutoCommit(false);
      beside.createStatement().execute("update meta set epoch = epoch");
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static @Nullable Void close(Connection beside) {
    try (beside) {
      beside.rollback();
      return null;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static EntityKey key(String id) {
    return new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
  }

  private static void write(Store store, String id) {
    new TestWriter(store).apply(insert(id));
  }

  private static Write insert(String id) {
    return Write.insert(new WriteKey(id), key(id), JsonObject.EMPTY.with("n", 1));
  }

  private void sql(String text) throws SQLException {
    String url = "jdbc:sqlite:" + DataFolder.databaseIn(folder);
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.createStatement().execute(text);
    }
  }
}
