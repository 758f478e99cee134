package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.sql.Remarking;
import dev.anabranch.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index of words goes from one kind of database into the other by being made anew.
class RestoredWordsTest {

  private static final MarkedNumbers NUMBERS = new MarkedNumbers(1);
  private static final Search WORD =
      new Search(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of("word"),
          Long.MIN_VALUE,
          Long.MAX_VALUE);

  @TempDir Path folder;

  @Test
  void fromAFolderIntoPostgres() {
    areFoundAgain(folder("one"), postgres(), 30);
  }

  @Test
  void fromPostgresIntoAFolder() {
    areFoundAgain(postgres(), folder("two"), 30);
  }

  @Test
  void fromPostgresIntoPostgres() {
    areFoundAgain(postgres(), postgres(), 600); // more than a page of them
  }

  @Test
  void fromAFolderIntoAFolderTheyGoAlong() {
    Path backup = backup(folder("one"), 30);
    assertThat(Storage.losesWords(backup, folder("two"))).isFalse();
    Storage.restore(backup, folder("two"), new Random(7));
    assertThat(worded(folder("two"))).isEqualTo(30);
  }

  @Test
  void whatBreaksOffLeavesPostgresAsItWas() {
    StorageConfiguration postgres = postgres();
    backup(postgres, 30);
    assertThatThrownBy(() -> Storage.reindex(postgres, model -> failing(), new Unheard()))
        .hasMessage("breaks off");
    assertThat(worded(postgres)).isEqualTo(30);
  }

  private void areFoundAgain(StorageConfiguration from, StorageConfiguration to, int events) {
    Path backup = backup(from, events);
    assertThat(Storage.losesWords(backup, to)).isTrue();
    Storage.restore(backup, to, new Random(7));
    assertThat(worded(to)).isZero();
    assertThat(Storage.reindex(to, model -> NUMBERS, new Unheard())).isEqualTo(events);
    assertThat(worded(to)).isEqualTo(events);
  }

  private Path backup(StorageConfiguration from, int events) {
    try (Store store = Storage.open(from)) {
      NUMBERS.write(store, 0, events);
    }
    Path backup = folder.resolve("backup.db");
    Storage.backup(from, backup);
    return backup;
  }

  private static int worded(StorageConfiguration place) {
    try (Store store = Storage.open(place)) {
      return store.find(WORD, null, new PageLimit(10_000, 64 << 20)).found().size();
    }
  }

  private static Marking failing() {
    throw new IllegalStateException("breaks off");
  }

  private StorageConfiguration folder(String name) {
    return StorageConfiguration.folder(folder.resolve(name));
  }

  private static StorageConfiguration postgres() {
    return StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
  }

  /// Nobody waits for it.
  private static final class Unheard implements Remarking.Listener {
    @Override
    public void begins(long most) {}

    @Override
    public void marked(long more) {}

    @Override
    public void makesIndexes() {}
  }
}
