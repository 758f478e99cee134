package dev.anabranch.bench.row;

import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.setting.Bench;

/// One row of the table.
public interface Row {
  /// The short name, as the command takes it.
  String name();

  /// What it measures.
  String title();

  /// Which way its figures are better.
  Better better();

  /// Measures Anabranch, its peers and its limit one after another.
  void measure(Bench bench, Findings findings);
}
