package dev.anabranch.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarkdownReportTest {
  private static final RowResult ROW =
      new RowResult(
          "writes",
          "durable writes",
          Better.MORE,
          List.of(new Figure("Anabranch", 12_345, "writes/s", "p99 2 ms")),
          List.of(new Check("1.20 × pgbench", "≥ 1.50 ×", false)),
          List.of("pouchdb-server skipped: no node"),
          1);

  @TempDir private Path folder;

  @Test
  void replacesOnlyWhatStandsBetweenTheMarks() throws IOException {
    Path file = folder.resolve("benchmarks.md");
    Files.writeString(file, "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n");

    MarkdownReport.write(file, List.of(ROW), "A machine.");
    MarkdownReport.write(file, List.of(ROW), "A machine.");

    assertThat(Files.readString(file))
        .startsWith("before\n")
        .endsWith("\nafter\n")
        .doesNotContain("old")
        .containsOnlyOnce("| durable writes | 1.20 × pgbench | ≥ 1.50 × | **no** |")
        .contains("| Anabranch | 12,345 writes/s | p99 2 ms |")
        .contains("- pouchdb-server skipped: no node");
  }
}
