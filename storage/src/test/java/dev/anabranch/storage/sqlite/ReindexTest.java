package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.MarkedNumbers;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Remarking;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of marks is made anew, and whatever breaks off on the way leaves what was there.
class ReindexTest {

  private static final int EVENTS = 30;
  private static final MarkedNumbers NUMBERS = new MarkedNumbers(1);

  @TempDir Path folder;
  private Path marks;

  @BeforeEach
  void someEvents() {
    marks = folder.resolve("marks.db");
    try (Store store = open(folder)) {
      NUMBERS.write(store, 0, EVENTS);
    }
  }

  private static Store open(Path folder) {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  private static List<Long> found(Path folder) {
    try (Store store = open(folder)) {
      return MarkedNumbers.found(store);
    }
  }

  private static long reindex(Path folder) {
    return Storage.reindex(
        StorageConfiguration.folder(folder), model -> NUMBERS, new Heard(() -> {}));
  }

  /// What a listener is told, which does something whenever some more were marked.
  private record Heard(Runnable whenMarked, List<String> said) implements Remarking.Listener {
    Heard(Runnable whenMarked) {
      this(whenMarked, new ArrayList<>());
    }

    @Override
    public void begins(long most) {
      said.add("begins with " + most);
    }

    @Override
    public void marked(long more) {
      said.add("marked " + more);
      whenMarked.run();
    }

    @Override
    public void makesIndexes() {
      said.add("makes indexes");
    }
  }

  @Test
  void whoWaitsHearsHowFarItIs() {
    Heard heard = new Heard(() -> {});
    Storage.reindex(StorageConfiguration.folder(folder), model -> NUMBERS, heard);
    assertThat(heard.said()).containsExactly("begins with 30", "marked 30", "makes indexes");
  }

  @Test
  void whatBreaksOffLeavesTheFileOfMarksAsItWas() throws IOException {
    byte[] before = Files.readAllBytes(marks);
    assertThatThrownBy(() ->
            Storage.reindex(
                StorageConfiguration.folder(folder), model -> failing(), new Heard(() -> {})))
        .hasMessage("breaks off");
    assertThat(marks).hasBinaryContent(before);
    assertThat(files(folder)).containsExactlyInAnyOrder("anabranch.db", "lock", "marks.db");
    assertThat(found(folder)).hasSize(EVENTS);
  }

  private static Marking failing() {
    throw new IllegalStateException("breaks off");
  }

  /// The folder as a kill in the middle leaves it.
  @Test
  void whatIsKilledLeavesTheFileOfMarksAsItWas(@TempDir Path killed) throws IOException {
    List<Long> before = found(folder);
    Storage.reindex(
        StorageConfiguration.folder(folder),
        model -> NUMBERS,
        new Heard(() -> copy(folder, killed)));
    assertThat(files(killed)).contains("marks.db", "marks.db.partial");
    assertThat(found(killed)).isEqualTo(before);
    assertThat(files(killed)).containsExactlyInAnyOrder("anabranch.db", "lock", "marks.db");
  }

  /// Killed when the new file had its name, and the log had not heard of it.
  @Test
  void theNewFileIsTheLogsAtOnce(@TempDir Path killed) throws IOException {
    List<Long> before = found(folder);
    copy(folder, killed);
    assertThat(reindex(folder)).isEqualTo(EVENTS);
    Files.copy(marks, killed.resolve("marks.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(found(killed)).isEqualTo(before);
    assertThat(found(folder)).isEqualTo(before);
  }

  @Test
  void theWriteAheadLogOfTheOldFileIsNotLaidOverTheNewOne(@TempDir Path killed) throws IOException {
    try (Store store = open(folder)) {
      NUMBERS.write(store, EVENTS, 2 * EVENTS);
      copy(folder, killed);
    }
    List<Long> before = found(folder);
    assertThat(reindex(killed)).isEqualTo(2 * EVENTS);
    assertThat(files(killed)).containsExactlyInAnyOrder("anabranch.db", "lock", "marks.db");
    assertThat(found(killed)).isEqualTo(before);
  }

  @Test
  void aDamagedFileIsReplacedWithWhateverStandsBesideIt() throws IOException {
    List<Long> before = found(folder);
    Files.writeString(marks, "no database at all. ".repeat(500));
    Files.writeString(folder.resolve("marks.db-wal"), "no log at all. ".repeat(500));
    Files.writeString(folder.resolve("marks.db.partial"), "of an attempt that was killed");
    Files.writeString(folder.resolve("marks.db.partial-wal"), "and what stood beside it");
    assertThat(reindex(folder)).isEqualTo(EVENTS);
    assertThat(files(folder)).containsExactlyInAnyOrder("anabranch.db", "lock", "marks.db");
    assertThat(found(folder)).isEqualTo(before);
  }

  private static void copy(Path from, Path to) {
    try {
      for (String each : files(from)) {
        Files.copy(from.resolve(each), to.resolve(each), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (var each = Files.list(folder)) {
      return each.map(file -> file.getFileName().toString()).toList();
    }
  }
}
