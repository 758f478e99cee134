package dev.anabranch.bench.report;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Collects what a row finds, and prints it as it is found.
public final class Findings {
  private final PrintWriter progress;
  private final List<Figure> figures = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /// Prints each finding to `progress`.
  public Findings(PrintWriter progress) {
    this.progress = progress;
  }

  /// Adds a figure.
  public Figure figure(String of, double value, String unit, String detail) {
    Figure figure = new Figure(of, value, unit, detail);
    figures.add(figure);
    say(
        String.format(
            Locale.ROOT,
            "  %-28s %s%s",
            of,
            figure.text(),
            detail.isEmpty() ? "" : "  (" + detail + ")"));
    return figure;
  }

  /// Adds a bar and what was reached.
  public void check(String reached, String bar, boolean met) {
    checks.add(new Check(reached, bar, met));
    say("  " + (met ? "met   " : "MISSED") + "  " + reached + "  (bar: " + bar + ")");
  }

  /// Adds a bar that is a number not to be exceeded.
  public void atMost(String what, double value, double most, String unit) {
    check(
        what + " " + Numbers.text(value) + " " + unit,
        "≤ " + Numbers.text(most) + " " + unit,
        value <= most);
  }

  /// Adds a bar that is a number to be reached.
  public void atLeast(String what, double value, double least, String unit) {
    check(
        what + " " + Numbers.text(value) + unit, "≥ " + Numbers.text(least) + unit, value >= least);
  }

  /// Adds "a is so many times b".
  public void atLeast(Figure figure, Figure other, double factor) {
    double ratio = figure.value() / other.value();
    boolean asShare = factor < 1;
    String reached =
        figure.of()
            + ": "
            + (asShare ? Numbers.percent(ratio) + " of " : Numbers.text(ratio) + " × ")
            + other.of();
    String bar = "≥ " + (asShare ? Numbers.percent(factor) : Numbers.text(factor) + " ×");
    check(reached, bar, ratio >= factor);
  }

  /// Adds a remark.
  public void note(String text) {
    notes.add(text);
    say("  note: " + text);
  }

  /// Does a part of the row; when it cannot be done, the reason becomes a note.
  public <T> Optional<T> attempt(String who, Part<T> part) {
    try {
      return Optional.of(part.measure());
    } catch (Unavailable e) {
      note(who + " skipped: " + e.getMessage());
    } catch (BenchFailure e) {
      note(who + " failed: " + e.getMessage());
    }
    return Optional.empty();
  }

  /// A part of a row.
  @FunctionalInterface
  public interface Part<T> {
    /// Measures it.
    T measure();
  }

  /// Prints how far the row is, without keeping it.
  public void progress(String text) {
    say("  … " + text);
  }

  private void say(String line) {
    progress.println(line);
    progress.flush();
  }

  /// Everything found so far.
  public RowResult result(String name, String title, Better better, double seconds) {
    return new RowResult(name, title, better, figures, checks, notes, seconds);
  }
}
