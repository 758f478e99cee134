package dev.anabranch.bench.load;

import org.HdrHistogram.Histogram;

/// What one run of load came to.
///
/// @param sent writes sent
/// @param accepted writes answered with yes
/// @param refused writes answered with no
/// @param firstRefusal what the first of them was told, empty without one
/// @param expected deliveries that a perfect server makes: accepted writes × the readers that each
///   is for
/// @param delivered deliveries seen
/// @param deliveredBytes bytes those readers received, envelopes included
/// @param writingNanos from the first write to the last answer
/// @param totalNanos from the first write to the last delivery
/// @param answers delay of each answer, nanoseconds
/// @param deliveries delay from write to timed reader, nanoseconds
public record LoadResult(
    long sent,
    long accepted,
    long refused,
    String firstRefusal,
    long expected,
    long delivered,
    long deliveredBytes,
    long writingNanos,
    long totalNanos,
    Histogram answers,
    Histogram deliveries) {

  /// Accepted writes a second.
  public double writesPerSecond() {
    return accepted * 1e9 / writingNanos;
  }

  /// Deliveries a second, the last one included.
  public double deliveriesPerSecond() {
    return delivered * 1e9 / totalNanos;
  }

  /// Bytes that reached a reader for one change.
  public double bytesPerDelivery() {
    return delivered == 0 ? 0 : (double) deliveredBytes / delivered;
  }

  /// What is wrong with the run, empty when nothing is.
  public String complaint() {
    if (refused > 0) {
      return refused + " of " + sent + " writes refused: " + firstRefusal;
    }
    if (delivered != expected) {
      return delivered + " of " + expected + " deliveries";
    }
    return "";
  }
}
