package dev.anabranch.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much one step of raising a floor takes.
class FloorRaiserTest {
  private static final ScopeName SCOPE = new ScopeName("org:floor");
  private static final int DOCUMENTS = 3;

  @TempDir Path folder;

  private static void writeEach(TestWriter writer, int round) {
    for (int number = 0; number < DOCUMENTS; number++) {
      EntityKey key = new EntityKey(SCOPE, TestModels.DOCUMENT, new EntityId("d" + number));
      writer.apply(
          Write.merge(
              new WriteKey("k" + round + "/" + number), key, Bytes.of(new byte[] {(byte) round})));
    }
  }

  @Test
  void aStepTakesNoMoreThanALargeDocumentsWorthOfBytesThoughItsChangesAreSmall()
      throws SQLException {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      TestWriter writer = new TestWriter(store);
      writeEach(writer, 1);
      store.raiseFloor(SCOPE, DOCUMENTS, TestModels::ruleOf);
      writeEach(writer, 2);
    }
    try (Session session =
        new Session(DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("anabranch.db")))) {
      session.change("update floor_entity set body = zeroblob(5242880)");
      FloorRaiser raiser =
          new FloorRaiser(PageQueries.streamed(), new WithBareRows(), TestModels::ruleOf);

      for (int number = 0; number < DOCUMENTS; number++) {
        assertThat(raiser.step(session, SCOPE, 2L * DOCUMENTS)).isEqualTo(1);
      }
      assertThat(raiser.step(session, SCOPE, 2L * DOCUMENTS)).isZero();
    }
  }

  private static final class WithBareRows extends NoMarks {
    @Override
    public boolean hasBareRows() {
      return true;
    }
  }
}
