package dev.anabranch.bench.report;

/// One measured number.
///
/// @param of who or what was measured
/// @param value the number
/// @param unit its unit, as it is printed behind it
/// @param detail what else was seen, empty for nothing
public record Figure(String of, double value, String unit, String detail) {
  /// The number with its unit, with as many digits as mean something.
  public String text() {
    return Numbers.text(value) + " " + unit;
  }
}
