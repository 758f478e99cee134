package dev.anabranch.bench.report;

import java.util.List;
import java.util.Optional;

/// One row of the table, measured.
///
/// @param name its short name, as the command takes it
/// @param title what was measured
/// @param better which way its figures are better
/// @param figures Anabranch's figure first, if there is one, then the peers' and the limits'
/// @param checks the bars
/// @param notes what was left out, and why
/// @param seconds how long the row took
public record RowResult(
    String name,
    String title,
    Better better,
    List<Figure> figures,
    List<Check> checks,
    List<String> notes,
    double seconds) {
  /// Copies what was given.
  public RowResult {
    figures = List.copyOf(figures);
    checks = List.copyOf(checks);
    notes = List.copyOf(notes);
  }

  /// The figure of `who`, if it was measured.
  public Optional<Figure> figure(String who) {
    return figures.stream().filter(figure -> figure.of().equals(who)).findFirst();
  }
}
