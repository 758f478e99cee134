package dev.anabranch.kernel.mark;

/// A place in the order of the index: the greater time comes first, then the smaller tie.
public record Spot(long time, long tie) implements Comparable<Spot> {

  @Override
  public int compareTo(Spot other) {
    int byTime = Long.compare(other.time, time);
    return byTime == 0 ? Long.compare(tie, other.tie) : byTime;
  }
}
