package dev.anabranch.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.Difference;
import dev.anabranch.kernel.check.FoldCheck;
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
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One signed original that cannot be unpacked any more, among others that can.
final class DamagedProofTest {

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
                  DamagedProofTest::mark)),
          Map.of());
  private static final ScopeName SCOPE = new ScopeName("user:home");
  private static final PageLimit ALL = new PageLimit(100, 1024 * 1024);

  @TempDir Path folder;

  private static Optional<Mark> mark(Change change) {
    return Optional.of(new Mark(change.seq(), 2, 3, change.seq(), null, List.of(), Set.of()));
  }

  private static Bytes original(int number) {
    String text =
        "{\"id\":\"0123456789abcdef" + number + "\",\"pubkey\":\"" + "ab".repeat(32) + "\"}";
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @BeforeEach
  void threeOfWhichTheSecondIsDamaged() throws SQLException {
    try (Store store = open()) {
      TestWriter writer = new TestWriter(store, MODELS);
      for (int number = 1; number <= 3; number++) {
        EntityKey key = new EntityKey(SCOPE, SIGNED, new EntityId("e" + number));
        JsonObject data = JsonObject.EMPTY.with("number", number);
        writer.apply(
            Write.insert(new WriteKey("k" + number), key, data).provenBy(original(number)));
      }
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db"));
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "update change set proof = substr(proof, 1, length(proof) - 5) where seq = 2"))
          .isEqualTo(1);
    }
  }

  private Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  @Test
  void theScopeIsReadAndTheOneChangeSaysThatItsOriginalIsLost() {
    try (Store store = open()) {
      List<Change> changes = ((Reading.Page) store.read(SCOPE, 0, ALL)).changes();
      assertThat(changes).extracting(Change::isProofLost).containsExactly(false, true, false);
      assertThat(changes.getLast().proof()).isEqualTo(original(3));
      assertThat(store.change(SCOPE, 2).orElseThrow().isProofLost()).isTrue();
    }
  }

  @Test
  void theOthersAreFound() {
    try (Store store = open()) {
      assertThat(store.find(Search.ALL, null, ALL).found())
          .extracting(Found::proof)
          .contains(original(1), original(3));
      assertThat(store.findAfter(0, ALL))
          .extracting(Found::proof)
          .contains(original(1), original(3));
    }
  }

  @Test
  void theCheckNamesItAndNothingElse() {
    try (Store store = open()) {
      assertThat(new FoldCheck(store, MODELS).everything())
          .extracting(Difference::toString)
          .containsExactly(
              "user:home at seq 2, signed e2: the original of the change 2 cannot be read");
    }
  }

  @Test
  void foldedAwayItIsStillNamed() {
    try (Store store = open()) {
      assertThat(store.raiseFloor(SCOPE, 2, model -> MODELS.of(model).rule())).isEqualTo(2);
      assertThat(new FoldCheck(store, MODELS).everything())
          .extracting(Difference::toString)
          .containsExactly("the original of the change 2 cannot be read");
      assertThat(store.findAfter(0, ALL))
          .extracting(Found::proof)
          .contains(original(1), original(3));
    }
  }
}
