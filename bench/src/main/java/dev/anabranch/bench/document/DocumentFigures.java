package dev.anabranch.bench.document;

/// What documents take; processor time in milliseconds.
///
/// @param typed the whole trace typed, one transaction and one encoded update per keystroke
/// @param typedWithMark the same with one bold letter at the start of the text
/// @param applied the updates of the trace applied one by one
/// @param loaded the encoded document applied to an empty one
/// @param heapMegabytes what one loaded document holds of the heap
/// @param remote the first [#REMOTE] updates applied
/// @param observed the same with an observer that asks for each delta
/// @param merged1000 the updates of so many clients, one each, merged without a document
/// @param merged2000 twice as many
/// @param merged4000 four times as many
public record DocumentFigures(
    double typed,
    double typedWithMark,
    double applied,
    double loaded,
    double heapMegabytes,
    double remote,
    double observed,
    double merged1000,
    double merged2000,
    double merged4000) {
  /// How many remote keystrokes are observed.
  static final int REMOTE = 60_000;

  /// How many times as long typing takes with a mark in the text.
  public double markFactor() {
    return typedWithMark / typed;
  }

  /// How many times as long remote keystrokes take with an observer.
  public double observerFactor() {
    return observed / remote;
  }

  /// How many times as long the greater merge takes when the number of updates doubles.
  public double mergeGrowth() {
    return merged4000 / merged2000;
  }
}
