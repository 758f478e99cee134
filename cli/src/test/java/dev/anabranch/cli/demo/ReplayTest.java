package dev.anabranch.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.testkit.RealInput;
import dev.anabranch.testkit.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real history through real processes. The slice holds every change of one file in twenty; its
/// names and contents are replaced by hashes.
final class ReplayTest {

  @TempDir Path folder;

  private static List<FileChange> slice() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            ReplayTest.class.getResourceAsStream("code_changes_slice.ndjson.gz"))) {
      return FileChange.readAll(in);
    }
  }

  private Replay.Findings replay(List<FileChange> changes, Optional<String> database, int kills)
      throws IOException, InterruptedException {
    Replay.Settings settings = new Replay.Settings(folder, database, kills, 7);
    try (Replay replay = new Replay(settings, changes, applied -> {}, remark -> {})) {
      return replay.run();
    }
  }

  private static void assertEverybodyAgrees(Replay.Findings findings, int devices) {
    assertThat(findings.held())
        .hasSize(devices + 3)
        .allSatisfy(holding -> {
          assertThat(holding.files()).as(holding.who()).isEqualTo(findings.expected().files());
          assertThat(holding.digest()).as(holding.who()).isEqualTo(findings.expected().digest());
        });
    assertThat(findings.agree()).isTrue();
  }

  @Test
  void everybodyHoldsTheSameFilesAfterASliceOnSqlite() throws Exception {
    Replay.Findings findings = replay(slice(), Optional.empty(), 3);

    assertEverybodyAgrees(findings, 9);
    assertThat(findings.expected().files()).isEqualTo(219);
    assertThat(findings.expected().digest())
        .isEqualTo("bea15a42f6070da0ba9a079d95ac24ee4197d4ee9a7d97120c44aa30e8aae924");
  }

  @Test
  void everybodyHoldsTheSameFilesAfterASliceOnPostgreSql() throws Exception {
    String jdbc = TestPostgres.freshDatabase();

    assertEverybodyAgrees(replay(slice(), Optional.of(addressOf(jdbc)), 2), 9);
  }

  /// From `jdbc:postgresql://host:port/name?user=who&…`.
  private static String addressOf(String jdbc) {
    String bare = jdbc.substring("jdbc:postgresql://".length());
    return "postgresql://postgres@" + bare.substring(0, bare.indexOf('?'));
  }

  @Test
  void everybodyHoldsTheSameFilesAfterTheWholeHistoryOnSqlite() throws Exception {
    assertTheWholeHistory(Optional.empty());
  }

  /// The whole history takes minutes: `-Danabranch.replay.whole=true` plays all of it, else a
  /// quarter.
  @Test
  void everybodyHoldsTheSameFilesAfterTheHistoryOnPostgreSql() throws Exception {
    Optional<String> postgres = Optional.of(addressOf(TestPostgres.freshDatabase()));
    if (Boolean.getBoolean("anabranch.replay.whole")) {
      assertTheWholeHistory(postgres);
      return;
    }
    List<FileChange> changes = history().subList(0, 15_000);
    assertEverybodyAgrees(
        replay(changes, postgres, 5),
        Math.toIntExact(changes.stream().map(FileChange::device).distinct().count()));
  }

  private void assertTheWholeHistory(Optional<String> database) throws Exception {
    Replay.Findings findings = replay(history(), database, 5);

    assertEverybodyAgrees(findings, 13);
    assertThat(findings.expected().files()).isEqualTo(4_340);
    assertThat(findings.expected().digest())
        .isEqualTo("747002ed747f37a71452581ea4d6011c79553b9fd107c0d05d31f6a6223a3ab5");
  }

  private static List<FileChange> history() throws IOException {
    List<FileChange> changes;
    try (InputStream in = Files.newInputStream(RealInput.file("code_changes.ndjson.gz"))) {
      changes = FileChange.readAll(in);
    }
    assertThat(changes).hasSize(60_000);
    return changes;
  }

  @Test
  void aTreeThatDiffersInOneFileHasAnotherDigest() throws IOException {
    List<FileChange> changes = slice();
    FileTree whole = FileTree.after(changes);
    FileTree shorter = FileTree.after(changes.subList(0, changes.size() - 1));

    assertThat(whole.digest()).isNotEqualTo(shorter.digest());
    assertThat(FileTree.after(changes).digest()).isEqualTo(whole.digest());
  }
}
