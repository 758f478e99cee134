package dev.anabranch.kernel.mark;

/// A place in the order of the index: the greater time comes first, then the smaller tie.
///
/// Two marks of one place would take 64 equal bits of two hashes of one second; where somebody
/// makes them, a reader that pages may be shown one of the two.
public record Spot(long time, long tie) implements Comparable<Spot> {

  @Override
  public int compareTo(Spot other) {
    int byTime = Long.compare(other.time, time);
    return byTime == 0 ? Long.compare(tie, other.tie) : byTime;
  }
}
