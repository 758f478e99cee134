package dev.anabranch.bench.report;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the figures between two marks of a Markdown file, which is made when there is none.
public final class MarkdownReport {
  private static final String BEGIN = "<!-- figures: begin -->";
  private static final String END = "<!-- figures: end -->";

  private MarkdownReport() {}

  /// Replaces what stands between the marks.
  public static void write(Path file, List<RowResult> results, String machine) {
    String figures = BEGIN + "\n\n" + text(results, machine) + "\n" + END;
    try {
      String old =
          Files.exists(file) ? Files.readString(file) : "# Benchmarks\n\n" + BEGIN + END + "\n";
      int begin = old.indexOf(BEGIN);
      int end = old.indexOf(END);
      if (begin < 0 || end < begin) {
        throw new BenchFailure(file.getFileName() + " has no marks for the figures");
      }
      Files.writeString(
          file, old.substring(0, begin) + figures + old.substring(end + END.length()));
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + file.getFileName(), e);
    }
  }

  /// The table of bars, then the figures of each row.
  public static String text(List<RowResult> results, String machine) {
    return machine
        + "\n\n| row | reached | bar | met |\n|---|---|---|---|\n"
        + results.stream().map(MarkdownReport::bars).collect(Collectors.joining())
        + "\n"
        + results.stream()
            .filter(result -> !result.figures().isEmpty() || !result.notes().isEmpty())
            .map(MarkdownReport::figures)
            .collect(Collectors.joining("\n"));
  }

  private static String bars(RowResult result) {
    if (result.checks().isEmpty()) {
      return "| " + result.title() + " | not measured | | |\n";
    }
    return result.checks().stream()
        .map(check ->
            "| "
                + result.title()
                + " | "
                + check.reached()
                + " | "
                + check.bar()
                + " | "
                + (check.met() ? "yes" : "**no**")
                + " |\n")
        .collect(Collectors.joining());
  }

  private static String figures(RowResult result) {
    String rows =
        result.figures().stream()
            .map(figure ->
                "| " + figure.of() + " | " + figure.text() + " | " + figure.detail() + " |\n")
            .collect(Collectors.joining());
    String notes =
        result.notes().stream().map(note -> "- " + note + "\n").collect(Collectors.joining());
    return "### "
        + result.name()
        + ": "
        + result.title()
        + "\n\n"
        + (rows.isEmpty() ? "" : "| measured | figure | beside |\n|---|---|---|\n" + rows)
        + (notes.isEmpty() ? "" : "\n" + notes);
  }
}
