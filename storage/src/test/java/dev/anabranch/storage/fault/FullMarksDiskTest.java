package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of marks has no room left, and the log has.
class FullMarksDiskTest {

  private static final int WRITES_MAX = 300;
  private static final int TAGS = 10_000;
  private static final ModelName SIGNED = new ModelName("signed");
  private static final Models MODELS =
      new Models(
          List.of(
              new Model(
                  SIGNED,
                  new NewestRule(),
                  Right.WRITE,
                  Model.BYTES_MAX_DEFAULT,
                  Set.of(),
                  Schema.ANY,
                  FullMarksDiskTest::mark)),
          Map.of());
  private static final ScopeName SCOPE = new ScopeName("user:home");

  @TempDir Path folder;

  private static Optional<Mark> mark(Change change) {
    List<Long> tags = LongStream.range(0, TAGS).boxed().toList();
    return Optional.of(new Mark(change.seq(), 2, 3, change.seq(), null, tags, Set.of()));
  }

  @Test
  void whatWaitsForAFileThatIsFullIsFoundAndSortedInOnceThereIsRoom()
      throws IOException, InterruptedException, SQLException {
    open().close();
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(SmallDisk.mount(small, "4m"), "skipped: mounting a small disk needs root");
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
      StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> write(store));
      assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.FULL);
      assertThat(failure).hasMessageContaining("marks.db").hasMessageContaining("make room");
      return store.head(SCOPE).seq();
    }
  }

  private static void write(Store store) {
    TestWriter writer = new TestWriter(store, MODELS);
    for (int number = 0; number < WRITES_MAX; number++) {
      write(writer, number);
    }
  }

  private static void write(TestWriter writer, int number) {
    EntityKey key = new EntityKey(SCOPE, SIGNED, new EntityId("e" + number));
    Bytes original = Bytes.of(("original " + number).getBytes(StandardCharsets.UTF_8));
    writer.apply(
        Write.insert(new WriteKey("k" + number), key, JsonObject.EMPTY.with("number", number))
            .provenBy(original));
  }

  private void recover(long written) throws SQLException {
    assertThat(written).isPositive();
    try (Store store = open()) {
      write(new TestWriter(store, MODELS), WRITES_MAX);
      assertThat(store.find(Search.ALL, null, new PageLimit(1_000, 1 << 20)).found())
          .hasSize((int) written + 1);
      await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 0);
      assertThat(store.find(Search.ALL, null, new PageLimit(1_000, 1 << 20)).found())
          .hasSize((int) written + 1);
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
