package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Place;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Only the holder of the lease writes, whatever the others believe.
class FencingTest {

  private static final ScopeName SCOPE = new ScopeName("org:fenced");

  private final String url = TestPostgres.freshDatabase();

  @Test
  void anOwnerWhoWasReplacedWritesNothingMore() throws SQLException {
    try (PostgresStore old = open();
        Store next = replace(old)) {
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> write(old, "late"));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FENCED);
      write(next, "b");
      assertThatThrownBy(() -> write(old, "later")).isInstanceOf(StoreFailure.class);
      assertThat(next.head(SCOPE).seq()).isEqualTo(2);
      assertThat(new FoldCheck(next, TestModels.ALL).everything()).isEmpty();
    }
  }

  @Test
  @Timeout(60)
  void aBatchThatIsBeingWrittenIsWaitedForByWhoeverTakesOver() throws Exception {
    try (PostgresStore old = open()) {
      write(old, "a");
      old.abandon();
    }
    try (Connection writer = DriverManager.getConnection(url);
        ExecutorService aside = Executors.newSingleThreadExecutor()) {
      writer.setAutoCommit(false);
      writer.createStatement().execute("update meta set head_id = head_id + 1");
      Future<PostgresStore> next = aside.submit(() -> open());
      sql(
          "do $$ begin while not exists (select from pg_locks where not granted) loop"
              + " perform pg_sleep(0.01); end loop; end $$");
      assertThat(next.isDone()).isFalse();
      writer.createStatement().execute("update meta set head_id = head_id - 1");
      writer.commit();
      try (PostgresStore opened = next.get()) {
        write(opened, "b");
        assertThat(opened.head(SCOPE).seq()).isEqualTo(2);
      }
    }
  }

  /// Maintenance does not move the head: it keeps the row of the term from being changed.
  @Test
  @Timeout(60)
  void aFloorThatIsBeingRaisedIsWaitedForByWhoeverTakesOver() throws Exception {
    try (PostgresStore old = open();
        Connection taker = DriverManager.getConnection(url);
        Statement statement = taker.createStatement()) {
      write(old, "a");
      write(old, "b");
      List<Boolean> refused = new ArrayList<>();
      old.raiseFloor(
          SCOPE,
          1,
          model -> {
            refused.add(isRefused(statement, "set lock_timeout = 100; update meta set term = 9"));
            return TestModels.ruleOf(model);
          });
      assertThat(refused).contains(true).doesNotContain(false);
    }
  }

  private static boolean isRefused(Statement statement, String sql) {
    try {
      statement.execute(sql);
      return false;
    } catch (SQLException refused) {
      return "55P03".equals(refused.getSQLState()); // it would have waited
    }
  }

  @Test
  void whoeverComesLateTakesTheLogFromNobody() throws SQLException {
    open().close();
    PostgresAddress place = ((Place.Postgres) Place.parse(url, "")).address();
    PostgresConnections connections = new PostgresConnections(place);
    try (Session writing = connections.writing();
        Lease late = Lease.take(writing, connections, place)) {
      sql("update lease set term = term + 1"); // somebody takes over, and has not said so yet
      assertThatThrownBy(() -> late.fence(writing))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("start only one of the two");
    }
  }

  @Test
  void anOwnerWhoWasReplacedAnswersNoRetryAndRefusesNothingByWhatItRemembers() throws SQLException {
    EntityKey never = new EntityKey(SCOPE, TestModels.NOTE, new EntityId("never"));
    for (Write write : List.of(insert("a"), Write.delete(new WriteKey("d"), never))) {
      String fresh = TestPostgres.freshDatabase();
      try (PostgresStore old = open(fresh)) {
        new TestWriter(old).apply(insert("a"));
        new TestWriter(old).apply(insert("b"));
        sql(fresh, "update lease set term = term + 1");
        StoreFailure failure =
            catchThrowableOfType(StoreFailure.class, () -> new TestWriter(old).write(write));
        assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FENCED);
      }
    }
  }

  @Test
  @Timeout(60)
  void anOwnerWhoWasReplacedIsToldSoThoughItWritesNothing() throws Exception {
    try (PostgresStore old = open()) {
      write(old, "a");
      CountDownLatch told = new CountDownLatch(1);
      old.whenInDoubt(told::countDown);
      sql("update lease set term = term + 1, expires_at = '-infinity'");
      told.await();
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, old::probeWriting);
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FENCED);
    }
  }

  @Test
  @Timeout(60)
  void anOwnerWhoseWritingConnectionIsGoneIsToldSoThoughItWritesNothing() throws Exception {
    try (PostgresStore store = open()) {
      write(store, "a");
      CountDownLatch told = new CountDownLatch(2); // as long as it lasts
      store.whenInDoubt(told::countDown);
      sql("select pg_terminate_backend(backend_pid) from lease");
      told.await();
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, store::probeWriting);
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
    }
  }

  @Test
  @Timeout(60)
  void anOwnerWhoCannotRenewItsLeaseIsToldSoThoughItWritesNothing() throws Exception {
    try (PostgresStore store = open()) {
      write(store, "a");
      CountDownLatch told = new CountDownLatch(2);
      store.whenInDoubt(told::countDown);
      sql(
          "do $$ begin execute 'alter database ' || current_database()"
              + " || ' set default_transaction_read_only = on'; end $$");
      sql(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where datname = current_database() and pid <> pg_backend_pid()");
      told.await();
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, store::probeWriting);
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
    }
  }

  @Test
  @Timeout(60)
  void anIdleOwnerStaysConnectedWhereIdleSessionsAreEnded() throws Exception {
    sql(
        "do $$ begin execute 'alter database ' || current_database()"
            + " || ' set idle_session_timeout = 300'; end $$");
    try (PostgresStore store = open()) {
      write(store, "a");
      sql("select pg_sleep(2)");
      write(store, "b");
      assertThat(store.head(SCOPE).seq()).isEqualTo(2);
    }
  }

  private Store replace(PostgresStore old) throws SQLException {
    write(old, "a");
    old.abandon();
    sql("update lease set expires_at = '-infinity'");
    return open();
  }

  @Test
  void anOwnerWhoHangsIsReplacedWhenItsLeaseRanOut() {
    try (PostgresStore hanging = open()) {
      write(hanging, "a");
      hanging.abandon();
      try (Store next = open()) {
        write(next, "b");
        assertThat(next.head(SCOPE).seq()).isEqualTo(2);
      }
    }
  }

  @Test
  void aSecondServerIsToldWhoHoldsTheDatabase() {
    try (Store first = open()) {
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> open().close());
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.LOCKED);
      assertThat(failure).hasMessageContaining("process " + ProcessHandle.current().pid());
      write(first, "a");
    }
  }

  @Test
  void aLostConnectionStopsTheStoreUntilItIsOpenedAgain() throws SQLException {
    try (Store store = open()) {
      write(store, "a");
      sql(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where datname = current_database() and pid <> pg_backend_pid()");
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> write(store, "b"));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
      assertThatThrownBy(() -> write(store, "c")).isInstanceOf(StoreFailure.class);
    }
    try (Store again = open()) {
      write(again, "d");
      assertThat(again.head(SCOPE).seq()).isEqualTo(2);
      assertThat(new FoldCheck(again, TestModels.ALL).everything()).isEmpty();
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class,
            () ->
                Storage.open(
                    StorageConfiguration.parse("postgresql://me:secret@127.0.0.1:1/x", "")));
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
    assertThat(failure)
        .hasMessageContaining("postgresql://me@127.0.0.1:1/x")
        .hasMessageNotContaining("secret");
  }

  @Test
  void readersOfAServerThatIsNotThereSaySoOnlyWhenTheyRead() {
    PostgresAddress nowhere =
        ((Place.Postgres) Place.parse("postgresql://me@127.0.0.1:1/x", "")).address();
    try (PostgresReaders readers =
        new PostgresReaders(
            new PostgresConnections(nowhere).readers(1), new PostgresFailures(nowhere))) {
      StoreFailure failure =
          catchThrowableOfType(StoreFailure.class, () -> readers.read(session -> 1));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
    }
  }

  @Test
  void readersThatAreAllBusySayThatAndNotThatTheServerIsAway() {
    PostgresAddress address = ((Place.Postgres) Place.parse(url, "")).address();
    try (PostgresReaders readers =
        new PostgresReaders(
            new PostgresConnections(address).readers(1), new PostgresFailures(address))) {
      StoreFailure failure =
          readers.read(
              session -> catchThrowableOfType(StoreFailure.class, () -> readers.read(inner -> 1)));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.BUSY);
    }
  }

  private PostgresStore open() {
    return open(url);
  }

  private static PostgresStore open(String url) {
    return PostgresStore.open(((Place.Postgres) Place.parse(url, "")).address(), 2, 1024 * 1024);
  }

  private static void write(Store store, String id) {
    new TestWriter(store).apply(insert(id));
  }

  private static Write insert(String id) {
    EntityKey key = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    return Write.insert(new WriteKey(id), key, JsonObject.EMPTY.with("n", 1));
  }

  private void sql(String text) throws SQLException {
    sql(url, text);
  }

  private static void sql(String url, String text) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.createStatement().execute(text);
    }
  }
}
