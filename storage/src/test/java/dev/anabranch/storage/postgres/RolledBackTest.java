package dev.anabranch.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A database that lost its end under the server, as by a failover to a standby that lagged.
class RolledBackTest {

  private static final ScopeName SCOPE = new ScopeName("org:standby");

  private final String url = TestPostgres.freshDatabase();
  private final StorageConfiguration configuration = StorageConfiguration.parse(url, "");
  private final Random random = new Random(7);

  @Test
  void aDatabaseBehindWhatWasWrittenBeginsTheNextEpoch() throws SQLException {
    write("a", "b");
    keepStandby();
    LogEnd lost = write("c", "d", "e");
    failOver();
    try (Store store = again(lost)) {
      assertThat(store.epoch()).isEqualTo(1);
      assertThat(store.head(SCOPE).seq()).isEqualTo(2);
      assertThat(store.read(SCOPE, lost.id(), PageLimit.DEFAULT)).isEqualTo(refetch());
      assertThat(store.read(SCOPE, 1, PageLimit.DEFAULT)).isEqualTo(refetch());
      new TestWriter(store).apply(insert("f"));
      assertThat(store.end().id()).isGreaterThan(1L << 40);
      assertThat(store.read(SCOPE, lost.id(), PageLimit.DEFAULT)).isEqualTo(refetch());
      assertThat(store.read(SCOPE, 0, PageLimit.DEFAULT)).isInstanceOf(Reading.Page.class);
      assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    }
  }

  @Test
  void aDatabaseInWhichThatIdIsAnotherChangeBeginsTheNextEpoch() throws SQLException {
    write("a");
    keepStandby();
    LogEnd lost = write("b", "c");
    failOver();
    write("x", "y", "z"); // another server, which knows nothing of ours
    try (Store store = again(lost)) {
      assertThat(store.epoch()).isEqualTo(1);
      assertThat(store.read(SCOPE, 2, PageLimit.DEFAULT)).isEqualTo(refetch());
    }
  }

  @Test
  void theNextEpochIsNoneThatWasLost() throws SQLException {
    write("a");
    keepStandby();
    Storage.beginEpoch(configuration, random);
    LogEnd lost = write("b");
    failOver();
    try (Store store = again(lost)) {
      assertThat(store.epoch()).isEqualTo(2);
      assertThat(store.read(SCOPE, lost.id(), PageLimit.DEFAULT)).isEqualTo(refetch());
      assertThat(store.end().id()).isGreaterThan(lost.id());
    }
  }

  @Test
  void whatGoesOnStaysInItsEpoch() {
    LogEnd end = write("a", "b");
    try (Store store = again(end)) {
      assertThat(store.epoch()).isZero();
      new TestWriter(store).apply(insert("c")); // committed, but not known to the one before
    }
    try (Store store = again(end)) {
      store.raiseFloor(SCOPE, 3, TestModels::ruleOf);
    }
    try (Store store = again(end)) {
      assertThat(store.epoch()).isZero();
      assertThat(store.read(SCOPE, 3, PageLimit.DEFAULT)).isInstanceOf(Reading.Page.class);
    }
  }

  @Test
  void whatWasRestoredMeanwhileHasSaidSoItself() {
    LogEnd end = write("a", "b");
    Storage.beginEpoch(configuration, random);
    try (Store store = again(end)) {
      assertThat(store.epoch()).isEqualTo(1);
      assertThat(store.read(SCOPE, 1, PageLimit.DEFAULT)).isInstanceOf(Reading.Page.class);
    }
  }

  private static Reading refetch() {
    return new Reading.Refetch(RefetchReason.EPOCH);
  }

  private Store again(LogEnd end) {
    return Storage.openAgain(configuration, end, random);
  }

  private LogEnd write(String... ids) {
    try (Store store = Storage.open(configuration)) {
      TestWriter writer = new TestWriter(store);
      for (String id : ids) {
        writer.apply(insert(id));
      }
      return store.end();
    }
  }

  private static Write insert(String id) {
    EntityKey key = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    return Write.insert(new WriteKey(id), key, JsonObject.EMPTY.with("n", 1));
  }

  private void keepStandby() throws SQLException {
    elsewhere("create database " + name() + "_standby template " + name());
  }

  private void failOver() throws SQLException {
    elsewhere("drop database " + name() + " with (force)");
    elsewhere("alter database " + name() + "_standby rename to " + name());
  }

  private void elsewhere(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url.replace("/" + name(), "/postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String name() {
    return url.replaceAll(".*/([a-z_0-9]+)\\?.*", "$1");
  }
}
